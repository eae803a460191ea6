import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isRunning } from '../support/processes.ts';
import { until } from '../support/until.ts';

test('a service exits when its parent is killed, although its log is no longer read', async () => {
  const script = fileURLToPath(new URL('../support/parent-of-service.js', import.meta.url));
  const parent = spawn(process.execPath, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(text);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await until('the end of the service', () => !isRunning(pid));
});
