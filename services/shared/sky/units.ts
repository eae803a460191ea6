/** Power ratio from decibels: 10^(dB/10). */
export function dbToLinear(db: number): number {
  return 10 ** (db / 10);
}

/** Decibels from a power ratio: 10 log10(x); -Infinity for 0. */
export function linearToDb(ratio: number): number {
  return 10 * Math.log10(ratio);
}

export function degToRad(deg: number): number {
  return (deg * Math.PI) / 180;
}

export function radToDeg(rad: number): number {
  return (rad * 180) / Math.PI;
}
