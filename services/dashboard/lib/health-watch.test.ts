import { expect, test } from 'vitest';
import { FakeTiming } from '../testing/fake-timing.ts';
import { ApiError } from '#contract/client/api-error';
import { watchHealth, type HealthReport } from './health-watch.ts';

type Answer = Exclude<HealthReport, { unreachable: string }>;

const WELL: Answer = { dependencies: { database: 'ok' }, states: { database: 'ok' } };
const UNWELL: Answer = {
  dependencies: { database: 'cannot be reached' },
  states: { database: 'away' },
};

/** A page whose messages come when the test says so, and a server that answers as it says. */
function watched() {
  const timing = new FakeTiming();
  const world = {
    timing,
    heardAtMs: 0,
    expected: true,
    asked: 0,
    answer: (): Promise<Answer> => Promise.resolve(WELL),
    report: undefined as HealthReport | undefined,
    close: (): void => undefined,
    /** Messages come, ten a second. */
    async live(ms: number) {
      for (let passed = 0; passed < ms; passed += 100) {
        world.heardAtMs = timing.nowMs;
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
      silentMs: () => (world.expected ? timing.nowMs - world.heardAtMs : undefined),
    },
    timing,
    (report) => (world.report = report),
  );
  return world;
}

test('nothing is asked while messages come, or while none are expected', async () => {
  const world = watched();
  await world.live(20_000);
  world.expected = false;
  await world.timing.pass(20_000);
  expect(world.asked).toBe(0);
  world.close();
});

test.each([
  ['says what is wrong', () => Promise.resolve(UNWELL)],
  ['refuses', () => Promise.reject(new ApiError(0, 'Sky Scan cannot be reached'))],
  ['does not answer', () => new Promise<Answer>(() => undefined)],
])(
  'a server that %s is known within 2 s of the last message, and until it is well again',
  async (_, answer) => {
    const world = watched();
    await world.live(1_000);
    world.answer = answer;
    await world.timing.pass(2_000 - 100);
    expect(world.report).toBeDefined();
    expect(JSON.stringify(world.report)).toMatch(/cannot be reached|does not answer/);
    // Some messages come: it goes on asking, because something is wrong.
    const { asked } = world;
    await world.live(5_000);
    expect(world.asked).toBeGreaterThan(asked);
    world.answer = () => Promise.resolve(WELL);
    await world.live(5_000);
    expect(world.report).toBeUndefined();
    const { asked: atTheEnd } = world;
    await world.live(5_000);
    expect(world.asked).toBe(atTheEnd);
    world.close();
  },
);

test('an answer that comes late counts when it comes', async () => {
  const world = watched();
  await world.live(1_000);
  const slow = async () => {
    await world.timing.sleep(1_500, new AbortController().signal);
    return UNWELL;
  };
  world.answer = slow;
  await world.timing.pass(2_000);
  expect(world.report).toEqual({ unreachable: 'Sky Scan does not answer' });
  await world.timing.pass(600);
  expect(world.report).toEqual(UNWELL);
  world.close();
});
