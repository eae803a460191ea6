import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RotorDriverDefinition } from '#proto/rotor_driver';
import { createGrpcClient } from '#shared/runtime/grpc-client';
import { holdRotor, testRotor } from '../support/rotctld-driver.ts';
import { until } from '../support/until.ts';
import { expectWhole, hasPoints, startScan } from '../support/whole-scan.ts';
import { startWatchedStack, type WatchedStack } from './watched-stack.ts';

// A process that sleeps for long is dead to the others; what it says when it wakes is too late.

// The lease goes after 3 s, a gRPC connection after 3 s.
const ASLEEP_MS = 6_000;
let watched: WatchedStack;

beforeAll(async () => {
  watched = await startWatchedStack();
});

afterAll(async () => {
  await watched.stop();
});

test('an orchestrator that wakes up while somebody else has the rotor moves nothing, says who has it, and goes on afterwards', async () => {
  const { stack, rotctld, rotorId, link } = watched;
  const id = await startScan(stack, rotorId);
  await hasPoints(stack, id, 10);
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
    await until('the orchestrator says who has it', () =>
      stack.log('scan-orchestrator').includes('the rotor is held by a stranger'),
    );
    expect(watched.slews()).toBe(slews);
    hold.release();
    await hold.ended;
  } finally {
    close();
  }
  expect((await expectWhole(stack, id)).notes).toBeNull();
});

test.each(['rotor-driver', 'sdr-sampler', 'api-gateway', 'mqtt-broker', 'simulator'] as const)(
  '%s asleep for 6 s: at most one point is measured again, and the scan ends whole',
  async (name) => {
    const { stack, rotctld, rotorId } = watched;
    const before = rotctld.commands.length;
    const id = await startScan(stack, rotorId);
    await hasPoints(stack, id, 10);
    stack.freeze(name);
    await delay(ASLEEP_MS); // the fault itself
    stack.thaw(name);
    expect((await expectWhole(stack, id)).notes).toBeNull();
    expect(watched.returns(before)).toBeLessThanOrEqual(1);
  },
);
