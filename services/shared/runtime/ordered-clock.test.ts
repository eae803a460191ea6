import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createJumpDetector } from './clock-jumps.ts';
import { describeJump } from '../base/clock-jump.ts';
import { orderedClock } from './ordered-clock.ts';

const HOUR_MS = 3_600_000;

function settableClock() {
  const now = { monotonicMs: 0, offsetMs: 1_000_000_000 };
  const clock = { monotonicMs: () => now.monotonicMs, unixMs: () => now.monotonicMs + now.offsetMs };
  return { now, clock };
}

test('a clock that is set back continues from its last time; one that is set ahead is followed', () => {
  const { now, clock } = settableClock();
  const ordered = orderedClock(clock);
  const before = ordered.unixMs();
  now.offsetMs -= 3 * HOUR_MS;
  now.monotonicMs += 70_000;
  expect(ordered.unixMs() - before).toBe(70_000);
  now.offsetMs += 4 * HOUR_MS;
  now.monotonicMs += 1_000;
  expect(ordered.unixMs()).toBe(clock.unixMs());
});

test('no time is earlier than the times stored before a restart with an older clock', () => {
  const { now, clock } = settableClock();
  const ordered = orderedClock(clock, clock.unixMs() + HOUR_MS);
  const first = ordered.unixMs();
  now.monotonicMs += 5_000;
  expect([first, ordered.unixMs()]).toEqual([1_000_000_000 + HOUR_MS, 1_000_000_000 + HOUR_MS + 5_000]);
});

test('property: times stay ordered and no interval becomes shorter, whatever the clock does', () => {
  const step = fc.record({
    passMs: fc.integer({ min: 0, max: HOUR_MS }),
    setMs: fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const { now, clock } = settableClock();
      const ordered = orderedClock(clock);
      let last = ordered.unixMs();
      for (const { passMs, setMs } of steps) {
        now.monotonicMs += passMs;
        now.offsetMs += setMs;
        const next = ordered.unixMs();
        expect(next - last).toBeGreaterThanOrEqual(passMs);
        last = next;
      }
    }),
  );
});

test.each([
  [1_900, undefined],
  [-1_900, undefined],
  [3 * HOUR_MS, 'the clock of this computer was set 3 h ahead'],
  [-70_000, 'the clock of this computer was set 1 min 10 s back'],
])('a clock that is set by %s ms: %s', (byMs, expected) => {
  const { now, clock } = settableClock();
  const check = createJumpDetector(clock);
  now.monotonicMs += 500_000;
  expect(check()).toBeUndefined();
  now.offsetMs += byMs;
  const jump = check();
  expect(jump && describeJump(jump)).toBe(expected);
  // It is reported once.
  expect(check()).toBeUndefined();
});

test('a clock that NTP slews does not jump', () => {
  const { now, clock } = settableClock();
  const check = createJumpDetector(clock);
  for (let second = 0; second < 20_000; second++) {
    now.monotonicMs += 1_000;
    now.offsetMs += 0.5;
    expect(check()).toBeUndefined();
  }
});
