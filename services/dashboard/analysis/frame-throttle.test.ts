import { describe, expect, it } from 'vitest';
import { createFrameThrottle, type Frames } from './frame-throttle.ts';

/** Frames of 16 ms, advanced by the test. */
function manualFrames(): Frames & { frame(): void; spend(ms: number): void; requested: boolean } {
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
    get requested() {
      return next !== undefined;
    },
  };
}

describe('throttled work', () => {
  it('runs once per frame, however often it is requested', () => {
    const frames = manualFrames();
    let done = 0;
    const throttle = createFrameThrottle(() => done++, frames);
    for (let n = 0; n < 100; n++) throttle.request();
    frames.frame();
    expect(done).toBe(1);
    expect(frames.requested).toBe(false);
  });

  it('takes at most a tenth of the time', () => {
    const frames = manualFrames();
    const starts: number[] = [];
    const throttle = createFrameThrottle(() => {
      starts.push(frames.now());
      frames.spend(40);
    }, frames);
    for (let n = 0; n < 100; n++) {
      throttle.request();
      frames.frame();
    }
    expect(starts.length).toBeGreaterThan(2);
    for (let n = 1; n < starts.length; n++)
      expect((starts[n] ?? 0) - (starts[n - 1] ?? 0)).toBeGreaterThanOrEqual(400);
  });

  it('does not run after stop', () => {
    const frames = manualFrames();
    let done = 0;
    const throttle = createFrameThrottle(() => done++, frames);
    throttle.request();
    throttle.stop();
    frames.frame();
    expect(done).toBe(0);
  });
});
