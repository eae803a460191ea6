/** How long an axis has read the same. */
export interface Plateau {
  minDeg: number;
  maxDeg: number;
  /** Monotonic time of the first and the last reading on it. */
  sinceMs: number;
  lastMs: number;
  readings: number;
}

// Two hundredths apart is motion; one is how a resting encoder flickers between two steps.
const SPREAD_DEG = 0.015;

function startPlateau(deg: number, atMs: number): Plateau {
  return { minDeg: deg, maxDeg: deg, sinceMs: atMs, lastMs: atMs, readings: 1 };
}

/** The plateau with one more reading; a new one when the reading is off it. */
export function extendPlateau(plateau: Plateau | undefined, deg: number, atMs: number): Plateau {
  if (!plateau) return startPlateau(deg, atMs);
  const minDeg = Math.min(plateau.minDeg, deg);
  const maxDeg = Math.max(plateau.maxDeg, deg);
  if (maxDeg - minDeg > SPREAD_DEG) return startPlateau(deg, atMs);
  return { minDeg, maxDeg, sinceMs: plateau.sinceMs, lastMs: atMs, readings: plateau.readings + 1 };
}

/** How long it lasts, milliseconds. */
export function heldMs(plateau: Plateau): number {
  return plateau.lastMs - plateau.sinceMs;
}
