// With `child` as argument: a service that only says something when it closes. Without: its parent, which prints the child's
// number when it is ready.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runService, type Lifecycle } from '#shared/lifecycle';
import { createLogger } from '#shared/logger';

const logger = createLogger('talker');

function start(lifecycle: Lifecycle): Promise<Record<string, unknown>> {
  lifecycle.onClose('talk', () => {
    for (let n = 0; n < 5; n++) logger.warn({ n }, 'closing');
  });
  return Promise.resolve({});
}

if (process.argv[2] === 'child') await runService(logger, start);
else {
  const child = fork(fileURLToPath(import.meta.url), ['child'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  child.on('message', () => process.stdout.write(String(child.pid)));
}
