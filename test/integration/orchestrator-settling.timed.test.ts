import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#shared/runtime/clock';
import { FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, handover, type ScanWorld } from '../support/scan-world.ts';

// The sampler is called before the mount has settled, with the time from which it may measure.

const DRIVER_AHEAD_MS = 5_000_000;
const SAMPLER_BEHIND_MS = 700_000;
const COLUMNS = 40;
const span = { azStartDeg: 0, azEndDeg: COLUMNS - 1, elStartDeg: 20, elEndDeg: 20, stepDeg: 1 };
const bounds = { kind: 'rectangular' as const, ...span };

let world: ScanWorld;

beforeEach(async () => {
  const rotors = new FakeRotors();
  const receiver = new FakeReceiver();
  rotors.monotonicMs = () => performance.now() + DRIVER_AHEAD_MS;
  receiver.monotonicMs = () => performance.now() - SAMPLER_BEHIND_MS;
  world = await createScanWorld(() => ({ rotors, receiver, clock: systemClock }));
});

afterEach(() => world.close());

async function scan(rssiSource: 'sdr' | 'rotctld' = 'sdr'): Promise<void> {
  const rotor = rotorConfig({ rssiSource });
  await world.supervisor.start(handover({ bounds, rssiIterations: 1, rotor }));
  await world.untilStatus('completed');
}

test('the settling time is converted to the clock of the sampler', async () => {
  world.rotors.settlesInMs = 5;
  await scan();
  const moments = world.receiver.notBefore.filter((moment) => moment !== undefined);
  expect(moments.length).toBeGreaterThan(0);
  expect(moments.map(({ clock }) => clock)).toEqual(world.rotors.settled.map(() => 'first'));
  for (const [i, { monotonicMs }] of moments.entries()) {
    // Clocks read in the same process differ only by the execution time between the reads.
    const error = monotonicMs + SAMPLER_BEHIND_MS - ((world.rotors.settled[i] ?? NaN) - DRIVER_AHEAD_MS);
    expect(Math.abs(error)).toBeLessThan(4);
  }
});

test('the first cell is requested before the mount has settled too', async () => {
  await scan();
  expect(world.receiver.notBefore.map((moment) => moment?.clock)).toEqual(
    Array.from({ length: COLUMNS }, () => 'first'),
  );
});

test('cells reached before the clocks are synchronised wait until the mount has settled', async () => {
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  const { receiver } = world;
  const readClock = receiver.readClock.bind(receiver);
  receiver.readClock = async () => {
    await asked;
    return readClock();
  };
  receiver.script = (step) => {
    if (step === 2) answer();
    return undefined;
  };
  await scan();
  expect(receiver.notBefore[0]).toBeUndefined();
  expect(receiver.notBefore[1]).toBeUndefined();
  expect(receiver.notBefore.at(-1)).toMatchObject({ clock: 'first' });
  expect(world.rotors.slews).toHaveLength(COLUMNS);
  expect(receiver.notBefore).toHaveLength(COLUMNS);
  const unannounced = world.rotors.slews.length - world.rotors.settled.length;
  // While the lease is acquired, and during each slew without known clocks.
  expect(receiver.prepared).toBe(1 + unannounced);
});

test('a restarted sampler is called again once the mount has settled, and the point is not lost', async () => {
  let approaches = 0;
  let measured = 0;
  const lateMs: number[] = [];
  world.rotors.settlesInMs = 20;
  world.receiver.script = () => {
    const approached = world.rotors.settled.length > approaches;
    approaches = world.rotors.settled.length;
    const settledMs = (world.rotors.settled.at(-1) ?? NaN) - DRIVER_AHEAD_MS;
    if (approached && world.receiver.notBefore.at(-1) === undefined)
      lateMs.push(performance.now() - settledMs);
    // Every start uses another clock.
    if (++measured % 10 === 0) world.receiver.clock = `after ${measured}`;
    return undefined;
  };
  await scan();
  expect(world.publisher.statuses.map(({ status }) => status)).not.toContain('paused');
  expect(world.publisher.points.map(({ column }) => column)).toEqual(
    Array.from({ length: COLUMNS }, (_, i) => i),
  );
  expect(lateMs.length).toBeGreaterThan(0);
  // Timers and synchronised clocks are accurate to a few milliseconds of the 20.
  expect(Math.min(...lateMs)).toBeGreaterThan(-4);
});

test('a rotator that measures itself must have settled first', async () => {
  await scan('rotctld');
  expect(world.rotors.settled).toEqual([]);
  expect(world.receiver.notBefore).toEqual([]);
  expect(world.publisher.points).toHaveLength(COLUMNS);
});

test('the receiver is set up while the lease is acquired and during the first slew', async () => {
  await scan();
  expect(world.rotors.settled).toHaveLength(COLUMNS);
  expect(world.receiver.prepared).toBe(2);
});
