import type { KeepOutSector } from './obstacles.ts';
import type { SkyDisc } from './sky-disc.ts';
import { degToRad, radToDeg } from './units.ts';

/** The keep-out sector of a disc: its bounds, of which only the disc itself is forbidden. */
export function sectorOfDisc(disc: SkyDisc): KeepOutSector {
  const { centre, radiusDeg } = disc;
  const elMaxDeg = centre.elevationDeg + radiusDeg;
  const elMinDeg = centre.elevationDeg - radiusDeg;
  // A disc that contains the zenith spans every azimuth.
  if (elMaxDeg >= 90) return { azStartDeg: 0, azEndDeg: 360, elMinDeg, elMaxDeg: 90, disc };
  const halfDeg = radToDeg(
    Math.asin(Math.min(1, Math.sin(degToRad(radiusDeg)) / Math.cos(degToRad(centre.elevationDeg)))),
  );
  return {
    azStartDeg: centre.azimuthDeg - halfDeg,
    azEndDeg: centre.azimuthDeg + halfDeg,
    elMinDeg,
    elMaxDeg,
    disc,
  };
}
