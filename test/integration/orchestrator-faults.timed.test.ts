import { afterEach, beforeEach, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createScanWorld, handover, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

let world: ScanWorld;

beforeEach(async () => {
  world = await createScanWorld();
});

afterEach(() => world.close());

const begin = () => world.supervisor.start(handover({ rssiIterations: 1 }));
/** Requests a pause during a step of the hardware. */
const pauseAt = (at: number) => (step: number) => {
  if (step === at) void world.supervisor.pause(1);
  return undefined;
};
const published = () => world.publisher.statuses.at(-1);

test('a retried fault is published with its cause and the remaining time, and again when it is over', async () => {
  let refuses = true;
  const refused = 'rotctld at 127.0.0.1:4533 refused the connection';
  world.rotors.script = (step) =>
    step > 2 && refuses ? new SkyScanError('unavailable', refused) : undefined;
  await begin();
  await until('a fault is published', () => Boolean(published()?.fault));
  const fault = published()?.fault;
  expect(fault?.observation).toBe(refused);
  expect(fault?.pausesInMs).toBeGreaterThan(50_000);
  expect(fault?.pausesInMs).toBeLessThanOrEqual(60_000);
  expect(published()?.status).toBe('running');
  const { revision = 0 } = published() ?? {};
  refuses = false;
  await until('the session ends', () => world.view()?.status === 'completed');
  const after = world.publisher.statuses.filter((status) => status.revision > revision);
  expect(after[0]).toMatchObject({ status: 'running', fault: null });
});

test('a silent receiver is reported within 2 s, long before its call ends', async () => {
  world.receiver.script = (step) => (step > 2 ? 'hang' : undefined);
  await begin();
  await until('two points', () => world.publisher.points.length === 2);
  const sinceMs = performance.now();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault).toMatchObject({ pausesInMs: null });
  expect(published()?.fault?.observation).toContain('has not delivered 1 read of 1 ms (check the dongle');
});

test('a rotor without readbacks is reported within 2 s', async () => {
  world.rotors.script = (step) => (step > 2 ? 'hang' : undefined);
  await begin();
  await until('two points', () => world.publisher.points.length === 2);
  const sinceMs = performance.now();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault?.observation).toContain('no position from rotctld at 127.0.0.1:4533');
});

test('a missing position after the reads is reported within 2 s', async () => {
  let sinceMs = Infinity;
  world.rotors.positionScript = (step) => {
    if (step <= 4) return undefined;
    sinceMs = performance.now();
    return 'hang';
  };
  await begin();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault?.observation).toContain(
    'no position from rotctld at 127.0.0.1:4533 after the reads',
  );
});

test('an overdue step that then fails is never published as successful', async () => {
  let fails: ((error: Error) => void) | undefined;
  world.receiver.script = (step) =>
    step > 2 ? new Promise<never>((_, reject) => (fails = reject)) : undefined;
  await begin();
  await until('it is overdue', () => published()?.fault?.pausesInMs === null);
  const { revision = 0 } = published() ?? {};
  fails?.(new SkyScanError('timeout', 'rtl_tcp at 127.0.0.1:1234 has sent nothing'));
  await until('it has failed', () => published()?.fault?.observation.startsWith('rtl_tcp'));
  const after = world.publisher.statuses.filter((status) => status.revision > revision);
  expect(after.every(({ fault }) => fault !== null)).toBe(true);
});

test.each([
  ['during a measurement', () => (world.receiver.script = pauseAt(3))],
  ['during a slew', () => (world.rotors.script = pauseAt(3))],
])('a rotor that was paused %s is at rest', async (_moment, arrange) => {
  arrange();
  await begin();
  await until('a pause', () => published()?.status === 'paused');
  expect(published()).toMatchObject({ rotorRests: true, resumesItself: false });
});

test('an unconfirmed stop is reported within 2 s', async () => {
  let confirmStop: () => void = () => undefined;
  world.rotors.stopping = new Promise((resolve) => (confirmStop = resolve));
  world.rotors.script = (step) => {
    if (step < 3) return undefined;
    void world.supervisor.pause(1);
    return 'hang';
  };
  await begin();
  await until('the stop is requested', () => world.rotors.stops > 0);
  const sinceMs = performance.now();
  await until('a fault is published', () => Boolean(published()?.fault));
  expect(performance.now() - sinceMs).toBeLessThan(2_000);
  expect(published()?.fault?.observation).toContain('has not confirmed that the rotor has stopped');
  confirmStop();
  await until('a pause', () => published()?.status === 'paused');
  expect(published()).toMatchObject({ fault: null, rotorRests: true });
});

test('a rotor is reported at rest until the resumed session moves it', async () => {
  world.receiver.script = pauseAt(3);
  await begin();
  await until('a pause', () => published()?.status === 'paused');
  const { revision = 0 } = published() ?? {};
  await world.supervisor.resume(1);
  await until('the session ends', () => world.view()?.status === 'completed');
  const paused = world.publisher.statuses.filter(
    (status) => status.revision > revision && status.status === 'paused',
  );
  expect(paused.every(({ rotorRests }) => rotorRests)).toBe(true);
});

test('a paused rotor is reported at rest only if it was stopped, and only until its lease is lost', async () => {
  world.receiver.script = (step) => (step > 2 ? new SkyScanError('hardware_fault', 'broken') : undefined);
  await begin();
  await until('a pause', () => published()?.status === 'paused');
  expect(published()).toMatchObject({ rotorRests: true, resumesItself: false });
  world.rotors.lose(new SkyScanError('lease_lost', 'rotor-driver is unreachable'));
  await until('the rotor is no longer reported at rest', () => published()?.rotorRests === false);
});
