import { mkdtempSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../services/launcher/ports.ts';
import { processesOf } from '../support/processes.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../dist/services/cli/main.js', import.meta.url));

test.each(['SIGINT', 'SIGTERM'] as const)(
  'skyscan up starts Sky Scan; %s stops all processes',
  async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'sky-scan-up-'));
    const [http = 0, mqtt = 0] = await freePorts(2);
    const ports = { HTTP_PORT: String(http), MQTT_PORT: String(mqtt), SIM_ROTCTLD_PORT: '0' };
    const child = spawn(process.execPath, [MAIN, 'up'], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: folder, ...ports },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => (output += text.toString()));
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    try {
      await until('the address', () => output.includes(`http://127.0.0.1:${http}/docs`), 120_000);
      expect((await fetch(`http://127.0.0.1:${http}/health`)).status).toBe(200);
      child.kill(signal);
      expect(await exited).toBe(0);
      expect(processesOf(folder)).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      for (const { pid } of processesOf(folder)) process.kill(pid, 'SIGKILL');
      await until('no process is left', () => processesOf(folder).length === 0);
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
