import type { Pointing } from '#shared/sky/pointing';
import { degToRad } from '#shared/sky/units';

/** Cosine of the angle between two directions. */
export function cosAngle(a: Pointing, b: Pointing): number {
  const elA = degToRad(a.elevationDeg);
  const elB = degToRad(b.elevationDeg);
  return (
    Math.sin(elA) * Math.sin(elB) +
    Math.cos(elA) * Math.cos(elB) * Math.cos(degToRad(a.azimuthDeg - b.azimuthDeg))
  );
}
