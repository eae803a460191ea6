import { azimuthSpanDeg } from './grid-shape.ts';
import { createHorizon } from './horizon.ts';
import { beamDirection, formatDeg, shownAzimuthDeg, ZENITH_DEG, type Pointing } from './pointing.ts';
import { describeNearness, separationFromRectangleDeg, type SkyDisc } from './sky-disc.ts';

/**
 * The lowest allowed elevation by azimuth (0 to 360, ascending), with linear interpolation between
 * the points and through north. Empty: no mask.
 */
export type HorizonMask = readonly Pointing[];

/**
 * A forbidden part of the sky, edges included: from the start clockwise to the end, through north
 * if the end is smaller.
 */
export interface KeepOutSector {
  azStartDeg: number;
  azEndDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
  /** If present, only this disc is forbidden, and the sector is its bounding box. */
  disc?: SkyDisc;
  /** The sector of which this is the image beyond the zenith, for a mount that turns over. */
  imageOf?: KeepOutSector;
}

/** One obstacle. `isBeyond`: the mask on the other side of the zenith. */
export type Obstacle =
  | { kind: 'floor'; elevationDeg: number }
  | { kind: 'horizon'; elevationDeg: number; isBeyond?: true }
  | { kind: 'keep-out'; sector: KeepOutSector };

/**
 * The obstacles around one rotator, in coordinates of its axes. Azimuths are unwrapped: obstacles
 * repeat every 360 degrees.
 */
export interface Obstacles {
  /** There is more than the floor, which is the same at every azimuth. */
  readonly hasMaskOrSectors: boolean;
  /** With their images beyond the zenith. */
  readonly sectors: readonly KeepOutSector[];
  /** The lowest elevation that floor and mask allow over a span of azimuths (default: at one). */
  lowestDeg(azFromDeg: number, azToDeg?: number): number;
  /** The highest elevation that the mask beyond the zenith allows; Infinity without one. */
  highestDeg(azFromDeg: number, azToDeg?: number): number;
  /** Whether the rectangle between two pointings has no obstacles. */
  isFree(a: Pointing, b: Pointing): boolean;
  /** All obstacles in the rectangle; of floor and mask at one azimuth only the higher one. */
  within(a: Pointing, b: Pointing): Obstacle[];
}

// As in pointing.ts: a billionth of a degree is rounding.
const ROUNDING_DEG = 1e-9;

/**
 * Mask and sectors are directions of the beam. A mount that turns over points at each direction
 * from two pairs of angles, so they have an image: (A, E) becomes (A + 180, 180 - E).
 *
 * @param floorDeg the lowest elevation at every azimuth, of the mount
 * @param topDeg the highest elevation of the mount
 */
export function createObstacles(
  floorDeg: number,
  mask: HorizonMask,
  keepOut: readonly KeepOutSector[],
  topDeg = ZENITH_DEG,
): Obstacles {
  const turnsOver = topDeg > ZENITH_DEG;
  const sectors = turnsOver ? keepOut.flatMap((sector) => [sector, imageOf(sector)]) : keepOut;
  const horizon = createHorizon(mask);
  // Excludes most moves of a scan early: there may be a million of them.
  const lowestEdgeDeg = Math.min(...sectors.map(({ elMinDeg }) => elMinDeg));
  const highestEdgeDeg = Math.max(...sectors.map(({ elMaxDeg }) => elMaxDeg));

  const meetsSector = (a: Pointing, b: Pointing): boolean => {
    if (a.elevationDeg > highestEdgeDeg && b.elevationDeg > highestEdgeDeg) return false;
    if (a.elevationDeg < lowestEdgeDeg && b.elevationDeg < lowestEdgeDeg) return false;
    for (const sector of sectors) if (isInSector(sector, a, b)) return true;
    return false;
  };

  const isBelow = (a: Pointing, b: Pointing): boolean => {
    const elevationDeg = Math.min(a.elevationDeg, b.elevationDeg) + ROUNDING_DEG;
    if (elevationDeg < floorDeg) return true;
    // Above its highest point the mask cannot block.
    return (
      elevationDeg < horizon.topDeg &&
      elevationDeg <
        horizon.highestDeg(Math.min(a.azimuthDeg, b.azimuthDeg), Math.max(a.azimuthDeg, b.azimuthDeg))
    );
  };

  const isBelowBeyond = (a: Pointing, b: Pointing): boolean => {
    const elevationDeg = 180 - Math.max(a.elevationDeg, b.elevationDeg) + ROUNDING_DEG;
    if (!turnsOver || elevationDeg >= Math.min(horizon.topDeg, ZENITH_DEG)) return false;
    return 180 - elevationDeg > highestDeg(a.azimuthDeg, b.azimuthDeg);
  };

  const maskDeg = (azFromDeg: number, azToDeg: number): number =>
    horizon.highestDeg(Math.min(azFromDeg, azToDeg), Math.max(azFromDeg, azToDeg));
  const lowestDeg = (azFromDeg: number, azToDeg = azFromDeg): number =>
    Math.max(floorDeg, maskDeg(azFromDeg, azToDeg));
  const highestDeg = (azFromDeg: number, azToDeg = azFromDeg): number =>
    turnsOver ? 180 - maskDeg(azFromDeg + 180, azToDeg + 180) : Infinity;

  function belowMask(a: Pointing, b: Pointing): Obstacle[] {
    const found: Obstacle[] = [];
    if (isBelow(a, b)) {
      const elevationDeg = lowestDeg(a.azimuthDeg, b.azimuthDeg);
      found.push({ kind: elevationDeg > floorDeg ? 'horizon' : 'floor', elevationDeg });
    }
    if (isBelowBeyond(a, b)) {
      const elevationDeg = 180 - highestDeg(a.azimuthDeg, b.azimuthDeg);
      found.push({ kind: 'horizon', elevationDeg, isBeyond: true });
    }
    return found;
  }

  return {
    hasMaskOrSectors: mask.length > 0 || sectors.length > 0,
    sectors,
    lowestDeg,
    highestDeg,
    isFree: (a, b) => !isBelow(a, b) && !isBelowBeyond(a, b) && !meetsSector(a, b),
    within(a, b) {
      const found = sectors
        .filter((sector) => isInSector(sector, a, b))
        .map((sector): Obstacle => ({ kind: 'keep-out', sector }));
      return [...belowMask(a, b), ...found];
    },
  };
}

/** The pointings beyond the zenith from which the beam is in the sector. */
function imageOf(sector: KeepOutSector): KeepOutSector {
  const { azStartDeg, azEndDeg, elMinDeg, elMaxDeg } = sector;
  return {
    ...sector,
    azStartDeg: azStartDeg + 180,
    azEndDeg: azEndDeg + 180,
    elMinDeg: 180 - elMaxDeg,
    elMaxDeg: 180 - elMinDeg,
    imageOf: sector,
  };
}

/** Whether the rectangle between two pointings intersects the sector. */
export function isInSector(sector: KeepOutSector, a: Pointing, b: Pointing): boolean {
  const lowDeg = Math.min(a.elevationDeg, b.elevationDeg);
  const highDeg = Math.max(a.elevationDeg, b.elevationDeg);
  if (lowDeg > sector.elMaxDeg || highDeg < sector.elMinDeg) return false;
  const leftDeg = Math.min(a.azimuthDeg, b.azimuthDeg);
  const rightDeg = Math.max(a.azimuthDeg, b.azimuthDeg);
  if (nextTurnDeg(sector, leftDeg) > rightDeg + ROUNDING_DEG) return false;
  const { disc } = sector;
  return !disc || separationFromRectangleDeg(a, b, disc.centre) < disc.radiusDeg - ROUNDING_DEG;
}

/**
 * The unwrapped start of the first repetition of the sector that does not end before an azimuth.
 */
export function nextTurnDeg(sector: KeepOutSector, azimuthDeg: number): number {
  const { azStartDeg } = sector;
  const turns = Math.ceil((azimuthDeg - ROUNDING_DEG - azStartDeg - widthDeg(sector)) / 360);
  return azStartDeg + 360 * turns;
}

/** The width of the sector, degrees; 0 to 360 is the whole circle. */
export function widthDeg(sector: KeepOutSector): number {
  return azimuthSpanDeg(sector);
}

/** The message for a forbidden pointing: `elevation 12 deg at azimuth 45 deg is below the ...`. */
export function describeViolation(obstacle: Obstacle, pointing: Pointing): string {
  const azimuth = `azimuth ${formatDeg(pointing.azimuthDeg)} deg`;
  const elevation = `elevation ${formatDeg(pointing.elevationDeg)} deg`;
  const onSky = describeBeam(pointing);
  const disc = obstacle.kind === 'keep-out' ? obstacle.sector.disc : undefined;
  if (disc) return describeNearness(disc, pointing);
  return obstacle.kind === 'keep-out'
    ? `${azimuth} ${elevation}${onSky} is inside ${describeObstacle(obstacle)}`
    : `${elevation} at ${azimuth}${onSky} is below ${describeObstacle(obstacle)}`;
}

/** Beyond the zenith, where the beam points. */
function describeBeam(pointing: Pointing): string {
  const { azimuthDeg, elevationDeg } = beamDirection(pointing);
  if (elevationDeg === pointing.elevationDeg) return '';
  return ` (on the sky: az ${formatDeg(shownAzimuthDeg(azimuthDeg))} el ${formatDeg(elevationDeg)})`;
}

/** The description of an obstacle for messages. */
export function describeObstacle(obstacle: Obstacle): string {
  if (obstacle.kind === 'floor') return `the lowest elevation ${formatDeg(obstacle.elevationDeg)} deg`;
  if (obstacle.kind === 'horizon') return `the horizon mask ${formatDeg(obstacle.elevationDeg)} deg`;
  const { azStartDeg, azEndDeg, elMinDeg, elMaxDeg, disc } = obstacle.sector.imageOf ?? obstacle.sector;
  if (disc) return disc.name;
  return (
    `the keep-out sector az ${formatDeg(azStartDeg)}..${formatDeg(azEndDeg)} deg ` +
    `el ${formatDeg(elMinDeg)}..${formatDeg(elMaxDeg)} deg`
  );
}
