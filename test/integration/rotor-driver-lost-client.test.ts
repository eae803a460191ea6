import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, type TestContext } from 'vitest';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { driverTest, type DriverWorld } from '../support/driver-world.ts';
import { at, startMove } from '../support/rotctld-driver.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

// The rotor stops when the client of a manual move is lost: its process or its connection.

const MANUAL_MOVER = fileURLToPath(new URL('../support/manual-mover.js', import.meta.url));
// 73 s away.
const FAR = at(440);

/** A process that moves the rotor to `FAR` with the code of api-gateway. */
async function startManualMover(
  world: DriverWorld,
  onTestFinished: TestContext['onTestFinished'],
): Promise<ChildProcess> {
  const request = { rotor: world.rotor(), target: FAR, keepsCall: true };
  const args = [MANUAL_MOVER, JSON.stringify({ address: `127.0.0.1:${world.driver.port}`, request })];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(() => Promise.reject(new Error('the manual mover exited')));
  exited.catch(() => undefined);
  await Promise.race([once(child.stdout, 'data'), exited]);
  return child;
}

async function expectStop(world: DriverWorld): Promise<void> {
  await until('a stop', () => world.stopsSent.length > 0);
  await until('it is free', async () => !(await world.client.inUse({ rotorId: 1 })).inUse);
  expect(world.azimuthDeg).toBeLessThan(FAR.azimuthDeg);
  expect(world.movesSent).toHaveLength(1);
}

describe.concurrent('rotor-driver stops a manual move', () => {
  const test = driverTest({ degPerS: 6, env: () => ({ GRPC_PEER_TIMEOUT_MS: '2000' }) });

  test.for([
    ['is killed', 'SIGKILL'],
    ['freezes', 'SIGSTOP'],
    ['shuts down', 'SIGTERM'],
  ] as const)('when its client %s', async ([, signal], { world, onTestFinished }) => {
    const client = await startManualMover(world, onTestFinished);
    await world.untilMoving();
    expect(world.stopsSent).toEqual([]);
    client.kill(signal);
    await expectStop(world);
  });

  test('when the connection is silent', async ({ world, onTestFinished }) => {
    const link = await startTcpProxy({ targetPort: world.driver.port });
    onTestFinished(() => link.close());
    const { client, close } = createGrpcClient(RotorDriverDefinition, link.address, {});
    onTestFinished(close);
    const { ended } = await startMove(client.move({ rotor: world.rotor(), target: FAR, keepsCall: true }));
    await world.untilMoving();
    link.setCondition({ kind: 'silent' });
    await expectStop(world);
    await expect(ended).rejects.toThrow();
  });
});
