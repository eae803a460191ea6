import { shownAzimuthDeg } from '#shared/sky/pointing';

const STEPS_DEG = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45, 90];

/** The smallest round step (at most 90 deg) whose ticks are at least `minPx` apart. */
export function tickStepDeg(pxPerDeg: number, minPx: number): number {
  return STEPS_DEG.find((step) => step * pxPerDeg >= minPx) ?? 90;
}

/** Multiples of a step between two angles, degrees. */
export function ticksBetween(fromDeg: number, toDeg: number, stepDeg: number): number[] {
  const first = Math.ceil(fromDeg / stepDeg - 1e-9);
  const count = Math.floor(toDeg / stepDeg + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, n) => Number(((first + n) * stepDeg).toFixed(6)));
}

const CARDINALS: Partial<Record<number, string>> = { 0: 'N', 90: 'E', 180: 'S', 270: 'W' };

/** N, E, S or W; undefined for other azimuths. */
export function cardinalOf(azimuthDeg: number): string | undefined {
  return CARDINALS[shownAzimuthDeg(azimuthDeg)];
}

/** `30°` with a typographic minus; azimuths in 0 to 360. */
export function degreesText(deg: number, axis: 'azimuth' | 'elevation'): string {
  return `${axis === 'azimuth' ? shownAzimuthDeg(deg) : deg}°`.replace('-', '\u2212');
}
