import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { describeWithPrograms } from '../support/peers.ts';
import { at, holdRotor, slew, testRotor } from '../support/rotctld-driver.ts';
import { isStationary, startRealRotctld, type RealRotctld } from '../support/rotctld-real.ts';
import { until } from '../support/until.ts';

const MAIN = fileURLToPath(new URL('../../dist/services/rotor-driver/main.js', import.meta.url));

describeWithPrograms(['rotctld'], 'the rotor-driver process', () => {
  let rotctld: RealRotctld;
  let folder: string;
  const children: ChildProcess[] = [];
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    rotctld = await startRealRotctld();
    folder = await mkdtemp(join(tmpdir(), 'rotor-driver-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rotctld.kill();
    await rm(folder, { recursive: true });
  });

  async function startProcess() {
    const child = fork(MAIN, {
      execArgv: [],
      env: {
        PATH: process.env['PATH'],
        LOG_LEVEL: 'silent',
        ROTOR_DRIVER_PORT: '0',
        DATA_DIR: folder,
        MQTT_URL: 'mqtt://127.0.0.1:1',
      },
    });
    children.push(child);
    const port = await portOf(child);
    const { client, close } = createGrpcClient(RotorDriverDefinition, `127.0.0.1:${port}`, {});
    closers.push(close);
    return { child, client };
  }

  async function startMoving() {
    const { child, client } = await startProcess();
    const hold = await holdRotor(client, testRotor(rotctld.port));
    slew(client, hold.token, at(400)).catch(() => undefined);
    await until('the rotor moves', async () => (await rotctld.position()).azimuthDeg > 1);
    return { child, hold };
  }

  test('stops the rotor before it exits, and exits in time', async () => {
    const { child } = await startMoving();
    const startedMs = performance.now();
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(4_500);
    expect(await isStationary(rotctld)).toBe(true);
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(200);
  });

  test('stops a rotor that a killed process left moving, and issues newer tokens', async () => {
    const { child, hold } = await startMoving();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isStationary(rotctld)).toBe(false); // the rotor moves on without its commander
    const { client } = await startProcess();
    await until('the rotor has stopped', () => isStationary(rotctld));
    expect((await rotctld.position()).azimuthDeg).toBeLessThan(390);
    await expect(slew(client, hold.token, at(0))).rejects.toMatchObject({ kind: 'lease_lost' });
    const next = await holdRotor(client, testRotor(rotctld.port));
    expect(next.token).toBeGreaterThan(hold.token);
  });

  test('a wrong configuration gives one message and exit code 1', async () => {
    const child = fork(MAIN, {
      execArgv: [],
      env: {
        PATH: process.env['PATH'],
        MQTT_URL: 'nonsense',
        ROTCTLD_NETWORKS: '10.0.0.0',
        ROTOR_DRIVER_PORT: 'x',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    children.push(child);
    let output = '';
    child.stdout?.on('data', (bytes) => (output += String(bytes)));
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(1);
    for (const name of ['MQTT_URL', 'ROTCTLD_NETWORKS', 'ROTOR_DRIVER_PORT']) expect(output).toContain(name);
  });
});

/** The port, once the process is ready. */
async function portOf(child: ChildProcess): Promise<number> {
  const gone = once(child, 'exit').then(() => {
    throw new Error('rotor-driver exited before it was ready');
  });
  const [{ port }] = (await Promise.race([once(child, 'message'), gone])) as [{ port: number }];
  gone.catch(() => undefined);
  return port;
}
