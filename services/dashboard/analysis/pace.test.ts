import { describe, expect, it } from 'vitest';
import { paced, type Frames } from './pace.ts';

/** Frames every 16 ms, taken by hand. */
function handFrames(): Frames & { frame(): void; spend(ms: number): void; waiting: boolean } {
  let nowMs = 0;
  let next: (() => void) | undefined;
  return {
    now: () => nowMs,
    next(callback) {
      next = callback;
      return () => (next = undefined);
    },
    frame() {
      nowMs += 16;
      const due = next;
      next = undefined;
      due?.();
    },
    spend: (ms) => (nowMs += ms),
    get waiting() {
      return next !== undefined;
    },
  };
}

describe('paced work', () => {
  it('is done once per frame, however often it is asked for', () => {
    const frames = handFrames();
    let done = 0;
    const pace = paced(() => done++, frames);
    for (let n = 0; n < 100; n++) pace.request();
    frames.frame();
    expect(done).toBe(1);
    expect(frames.waiting).toBe(false);
  });

  it('takes a tenth of the time at most', () => {
    const frames = handFrames();
    const starts: number[] = [];
    const pace = paced(() => {
      starts.push(frames.now());
      frames.spend(40);
    }, frames);
    for (let n = 0; n < 100; n++) {
      pace.request();
      frames.frame();
    }
    expect(starts.length).toBeGreaterThan(2);
    for (let n = 1; n < starts.length; n++)
      expect((starts[n] ?? 0) - (starts[n - 1] ?? 0)).toBeGreaterThanOrEqual(400);
  });

  it('is not done after its end', () => {
    const frames = handFrames();
    let done = 0;
    const pace = paced(() => done++, frames);
    pace.request();
    pace.stop();
    frames.frame();
    expect(done).toBe(0);
  });
});
