/** A period in which the readback of an axis does not change. */
export interface Plateau {
  minDeg: number;
  maxDeg: number;
  /** Monotonic time of the first and the last reading. */
  sinceMs: number;
  lastMs: number;
  readings: number;
}

// A difference of 0.02 is motion; 0.01 is a resting encoder between two steps.
const SPREAD_DEG = 0.015;

function startPlateau(deg: number, atMs: number): Plateau {
  return { minDeg: deg, maxDeg: deg, sinceMs: atMs, lastMs: atMs, readings: 1 };
}

/** Adds a reading to the plateau, or starts a new one if the reading differs. */
export function extendPlateau(plateau: Plateau | undefined, deg: number, atMs: number): Plateau {
  if (!plateau) return startPlateau(deg, atMs);
  const minDeg = Math.min(plateau.minDeg, deg);
  const maxDeg = Math.max(plateau.maxDeg, deg);
  if (maxDeg - minDeg > SPREAD_DEG) return startPlateau(deg, atMs);
  return { minDeg, maxDeg, sinceMs: plateau.sinceMs, lastMs: atMs, readings: plateau.readings + 1 };
}

/** The duration of the plateau, milliseconds. */
export function plateauMs(plateau: Plateau): number {
  return plateau.lastMs - plateau.sinceMs;
}
