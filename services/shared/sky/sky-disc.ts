import { azimuthOnCircleDeg, formatDeg, formatPointing, separationDeg, type Pointing } from './pointing.ts';
import { degToRad, radToDeg } from './units.ts';

/** All directions within an angle of a centre, e.g. around the Sun. Degrees. */
export interface SkyDisc {
  /** For messages: `the Sun`. */
  name: string;
  centre: Pointing;
  radiusDeg: number;
}

/** The message for a pointing in the disc: `... is 2.1 deg from the Sun, nearer than 5 deg`. */
export function describeNearness({ name, centre, radiusDeg }: SkyDisc, pointing: Pointing): string {
  const apartDeg = separationDeg(pointing, centre);
  return `${formatPointing(pointing)} is ${formatDeg(tenths(apartDeg))} deg from ${name}, nearer than ${formatDeg(tenths(radiusDeg))} deg`;
}

function tenths(deg: number): number {
  return Math.round(deg * 10) / 10;
}

/**
 * The smallest angle between a direction and the rectangle between two pointings, degrees. Exact:
 * the cosine of the angle is linear in the cosine of the azimuth difference, and at one azimuth it
 * is `R cos(elevation - phi)`.
 */
export function separationFromRectangleDeg(a: Pointing, b: Pointing, centre: Pointing): number {
  const lowDeg = Math.min(a.elevationDeg, b.elevationDeg);
  const highDeg = Math.max(a.elevationDeg, b.elevationDeg);
  const s = degToRad(centre.elevationDeg);
  let cosine = -1;
  for (const asideDeg of extremeAsideDeg(a.azimuthDeg, b.azimuthDeg, centre.azimuthDeg)) {
    const along = Math.cos(s) * Math.cos(degToRad(asideDeg));
    const phiDeg = radToDeg(Math.atan2(Math.sin(s), along));
    // Elevations may be up to 180, and slightly beyond.
    const nearestDeg = [phiDeg, phiDeg + 360].filter((deg) => deg >= lowDeg && deg <= highDeg);
    for (const elevationDeg of [lowDeg, highDeg, ...nearestDeg]) {
      const el = degToRad(elevationDeg);
      cosine = Math.max(cosine, Math.sin(el) * Math.sin(s) + Math.cos(el) * along);
    }
  }
  return radToDeg(Math.acos(Math.min(1, cosine)));
}

/** The smallest and the largest azimuth difference between a span and an azimuth, 0 to 180. */
function extremeAsideDeg(azFromDeg: number, azToDeg: number, azimuthDeg: number): [number, number] {
  const leftDeg = Math.min(azFromDeg, azToDeg);
  const spanDeg = Math.max(azFromDeg, azToDeg) - leftDeg;
  const aside = (deg: number) => Math.abs(180 - azimuthOnCircleDeg(deg - azimuthDeg + 180));
  const meets = (deg: number) => azimuthOnCircleDeg(deg - leftDeg) <= spanDeg;
  const ends = [aside(leftDeg), aside(leftDeg + spanDeg)];
  return [meets(azimuthDeg) ? 0 : Math.min(...ends), meets(azimuthDeg + 180) ? 180 : Math.max(...ends)];
}
