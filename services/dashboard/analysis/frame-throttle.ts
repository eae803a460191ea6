/** Limits how often work runs. */
export interface FrameThrottle {
  /** Runs the work once in one of the next frames. */
  request(): void;
  stop(): void;
}

/** The time and animation frames of the window. */
export interface Frames {
  now(): number;
  /** Calls `callback` in the next frame. Returns a function that cancels it. */
  next(callback: () => void): () => void;
}

// Keeps the page responsive: the work takes at most a tenth of the time.
const IDLE_RATIO = 9;

/** Runs work at most once per frame and pauses after each run for nine times its duration. */
export function createFrameThrottle(work: () => void, frames: Frames = windowFrames): FrameThrottle {
  let cancelFrame: (() => void) | undefined;
  let idleUntil = 0;

  function frame(): void {
    const before = frames.now();
    if (before < idleUntil) {
      cancelFrame = frames.next(frame);
      return;
    }
    cancelFrame = undefined;
    work();
    const after = frames.now();
    idleUntil = after + IDLE_RATIO * (after - before);
  }

  return {
    request() {
      cancelFrame ??= frames.next(frame);
    },
    stop() {
      cancelFrame?.();
      cancelFrame = undefined;
    },
  };
}

const windowFrames: Frames = {
  now: () => performance.now(),
  next(callback) {
    const handle = requestAnimationFrame(callback);
    return () => {
      cancelAnimationFrame(handle);
    };
  },
};
