import { expect, test } from 'vitest';
import { FakeTiming } from '../testing/fake-timing.ts';
import { ApiError } from '#contract/client/api-error';
import { watchHealth, type HealthReport } from './health-watch.ts';

type Answer = Exclude<HealthReport, { unreachable: string }>;

const HEALTHY: Answer = { dependencies: { database: 'ok' }, states: { database: 'ok' } };
const FAULTY: Answer = {
  dependencies: { database: 'cannot be reached' },
  states: { database: 'away' },
};

/** A session page and a server that the test controls. */
function createWorld() {
  const timing = new FakeTiming();
  const world = {
    timing,
    lastMessageAtMs: 0,
    expected: true,
    asked: 0,
    answer: (): Promise<Answer> => Promise.resolve(HEALTHY),
    report: undefined as HealthReport | undefined,
    close: (): void => undefined,
    /** Delivers ten messages per second. */
    async live(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        world.lastMessageAtMs = timing.nowMs;
        await timing.pass(100);
      }
    },
  };
  world.close = watchHealth(
    {
      ask: () => {
        world.asked++;
        return world.answer();
      },
      silentMs: () => (world.expected ? timing.nowMs - world.lastMessageAtMs : undefined),
    },
    timing,
    (report) => (world.report = report),
  );
  return world;
}

test('health is not requested while messages arrive or none are expected', async () => {
  const world = createWorld();
  await world.live(20_000);
  world.expected = false;
  await world.timing.pass(20_000);
  expect(world.asked).toBe(0);
  world.close();
});

test.each([
  ['reports a fault', () => Promise.resolve(FAULTY)],
  ['refuses the connection', () => Promise.reject(new ApiError(0, 'Sky Scan cannot be reached'))],
  ['does not answer', () => new Promise<Answer>(() => undefined)],
])('a server that %s is reported within 2 s of the last message until it recovers', async (_, answer) => {
  const world = createWorld();
  await world.live(1_000);
  world.answer = answer;
  await world.timing.pass(2_000 - 100);
  expect(world.report).toBeDefined();
  expect(JSON.stringify(world.report)).toMatch(/cannot be reached|does not answer/);
  // It keeps polling while the fault lasts, even when messages arrive.
  const { asked } = world;
  await world.live(5_000);
  expect(world.asked).toBeGreaterThan(asked);
  world.answer = () => Promise.resolve(HEALTHY);
  await world.live(5_000);
  expect(world.report).toBeUndefined();
  const { asked: atTheEnd } = world;
  await world.live(5_000);
  expect(world.asked).toBe(atTheEnd);
  world.close();
});

test('a late response replaces the timeout', async () => {
  const world = createWorld();
  await world.live(1_000);
  const slow = async () => {
    await world.timing.sleep(1_500, new AbortController().signal);
    return FAULTY;
  };
  world.answer = slow;
  await world.timing.pass(2_000);
  expect(world.report).toEqual({ unreachable: 'Sky Scan does not answer' });
  await world.timing.pass(600);
  expect(world.report).toEqual(FAULTY);
  world.close();
});
