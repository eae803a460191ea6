/** Work that is asked for more often than it can be seen. */
export interface Pace {
  /** Does the work in the next frame, once however often it is asked for. */
  request(): void;
  stop(): void;
}

/** What the pace needs of the window. */
export interface Frames {
  now(): number;
  /** Calls in the next frame. Returns what calls it off. */
  next(callback: () => void): () => void;
}

// The page belongs to the person: drawing takes a tenth of the time at most.
const REST = 9;

/**
 * Does work at most once per frame, and after each time rests for nine times as long as it took.
 */
export function paced(work: () => void, frames: Frames = windowFrames): Pace {
  let callOff: (() => void) | undefined;
  let restUntil = 0;

  function frame(): void {
    const before = frames.now();
    if (before < restUntil) {
      callOff = frames.next(frame);
      return;
    }
    callOff = undefined;
    work();
    const after = frames.now();
    restUntil = after + REST * (after - before);
  }

  return {
    request() {
      callOff ??= frames.next(frame);
    },
    stop() {
      callOff?.();
      callOff = undefined;
    },
  };
}

const windowFrames: Frames = {
  now: () => performance.now(),
  next(callback) {
    const number = requestAnimationFrame(callback);
    return () => {
      cancelAnimationFrame(number);
    };
  },
};
