import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { holdRotor, testRotor } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';
import { expectComplete, untilPoints, startScan } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// A process that is frozen for long counts as dead; its messages after waking up are too late.

// A lease and a gRPC connection expire after 3 s.
const FROZEN_MS = 6_000;
let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack();
});

afterAll(async () => {
  await watched.stop();
});

test('an orchestrator that wakes up while another client holds the rotor moves nothing, names the holder, and resumes afterwards', async () => {
  const { stack, rotctld, rotorId, link } = watched;
  const id = await startScan(stack, rotorId);
  await untilPoints(stack, id, 10);
  const before = rotctld.commands.length;
  const since = Date.now();
  stack.freeze('scan-orchestrator');
  const stopped = await until('the dead-man stop', () =>
    rotctld.commands.slice(before).find(({ target }) => !target),
  );
  expect(stopped.atUnixMs - since).toBeLessThan(5_000);
  process.stderr.write(`orchestrator frozen: stop after ${stopped.atUnixMs - since} ms\n`);
  const { client, close } = createGrpcClient(RotorDriverDefinition, stack.addresses.rotorDriver, {
    token: readFileSync(stack.access['GRPC_TOKEN_FILE'] ?? '', 'utf8').trim(),
  });
  try {
    const hold = await until('the rotor is free', () =>
      holdRotor(client, testRotor(link.port), 'a stranger'),
    );
    const slews = watched.slews();
    stack.thaw('scan-orchestrator');
    await until('the orchestrator names the holder', () =>
      stack.log('scan-orchestrator').includes('the rotor is held by a stranger'),
    );
    expect(watched.slews()).toBe(slews);
    hold.release();
    await hold.ended;
  } finally {
    close();
  }
  expect((await expectComplete(stack, id)).notes).toBeNull();
});

test.each(['rotor-driver', 'sdr-sampler', 'api-gateway', 'mqtt-broker', 'simulator'] as const)(
  '%s frozen for 6 s: at most one point is measured again, and the scan completes',
  async (name) => {
    const { stack, rotctld, rotorId } = watched;
    const before = rotctld.commands.length;
    const id = await startScan(stack, rotorId);
    await untilPoints(stack, id, 10);
    stack.freeze(name);
    await delay(FROZEN_MS); // the fault itself
    stack.thaw(name);
    expect((await expectComplete(stack, id)).notes).toBeNull();
    expect(watched.returns(before)).toBeLessThanOrEqual(1);
  },
);
