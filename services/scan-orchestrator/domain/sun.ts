import { formatDeg, formatPointing, separationDeg, type Pointing } from '#shared/pointing';

/** Why the antenna must not point there now; undefined when it may. `sun`: where the Sun is, elevation negative at night. */
export function tooNearToSun(pointing: Pointing, sun: Pointing, keepOutDeg: number): string | undefined {
  // Below the horizon the Earth is in between.
  if (sun.elevationDeg < -1) return undefined;
  const apartDeg = separationDeg(pointing, sun);
  if (apartDeg >= keepOutDeg) return undefined;
  return `${formatPointing(pointing)} is ${formatDeg(Math.round(apartDeg * 10) / 10)} deg from the Sun, nearer than ${formatDeg(keepOutDeg)} deg`;
}
