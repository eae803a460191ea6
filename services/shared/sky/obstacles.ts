import { azimuthSpanDeg } from './grid-shape.ts';
import { createHorizon } from './horizon.ts';
import { formatDeg, type Pointing } from './pointing.ts';
import { describeNearness, separationFromRectangleDeg, type SkyDisc } from './sky-disc.ts';

/**
 * Lowest elevation that the antenna may point at, by azimuth of the sky (0 to 360, ascending),
 * straight lines between the points, closed through north. Empty: no mask.
 */
export type HorizonMask = readonly Pointing[];

/**
 * A part of the sky into which the antenna never points: from the start clockwise to the end,
 * through north when it is smaller. Its edges belong to it.
 */
export interface KeepOutSector {
  azStartDeg: number;
  azEndDeg: number;
  elMinDeg: number;
  elMaxDeg: number;
  /** Only this disc is forbidden, and the sector bounds it. */
  disc?: SkyDisc;
}

/** One thing that is in the way. */
export type Obstacle =
  | { kind: 'floor'; elevationDeg: number }
  | { kind: 'horizon'; elevationDeg: number }
  | { kind: 'keep-out'; sector: KeepOutSector };

/**
 * What is forbidden around one rotator. Azimuths are unwrapped: the sky repeats every 360 degrees.
 */
export interface Obstacles {
  /** There is a mask or a sector: more than the floor, which is the same everywhere. */
  readonly any: boolean;
  readonly sectors: readonly KeepOutSector[];
  /**
   * The lowest elevation that is allowed by floor and mask over a span of azimuths; its end is the
   * start: at one azimuth. Exact.
   */
  lowestDeg(azFromDeg: number, azToDeg?: number): number;
  /**
   * Whether nothing forbidden lies in the whole rectangle between two pointings; for two that are
   * the same: at one.
   */
  isFree(a: Pointing, b: Pointing): boolean;
  /** Everything that lies in the rectangle; where floor and mask both do, the higher one. */
  within(a: Pointing, b: Pointing): Obstacle[];
}

// As in pointing.ts: a billionth of a degree is rounding.
const ROUNDING_DEG = 1e-9;

/** `floorDeg`: the lowest elevation at every azimuth. */
export function createObstacles(
  floorDeg: number,
  mask: HorizonMask,
  sectors: readonly KeepOutSector[],
): Obstacles {
  const horizon = createHorizon(mask);
  // Most moves of a scan are nowhere near a sector; a million of them are asked about.
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
    // Above its highest point the mask need not be looked at.
    return (
      elevationDeg < horizon.topDeg &&
      elevationDeg <
        horizon.highestDeg(Math.min(a.azimuthDeg, b.azimuthDeg), Math.max(a.azimuthDeg, b.azimuthDeg))
    );
  };

  const lowestDeg = (azFromDeg: number, azToDeg = azFromDeg): number =>
    Math.max(floorDeg, horizon.highestDeg(Math.min(azFromDeg, azToDeg), Math.max(azFromDeg, azToDeg)));

  return {
    any: mask.length > 0 || sectors.length > 0,
    sectors,
    lowestDeg,
    isFree: (a, b) => !isBelow(a, b) && !meetsSector(a, b),
    within(a, b) {
      const found = sectors
        .filter((sector) => isInSector(sector, a, b))
        .map((sector): Obstacle => ({ kind: 'keep-out', sector }));
      if (!isBelow(a, b)) return found;
      const elevationDeg = lowestDeg(a.azimuthDeg, b.azimuthDeg);
      return [{ kind: elevationDeg > floorDeg ? 'horizon' : 'floor', elevationDeg }, ...found];
    },
  };
}

/** Whether any part of the rectangle between two pointings is in the sector. */
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
 * Where the sector begins in the first of its turns that does not end before an azimuth, unwrapped.
 */
export function nextTurnDeg(sector: KeepOutSector, azimuthDeg: number): number {
  const { azStartDeg } = sector;
  const turns = Math.ceil((azimuthDeg - ROUNDING_DEG - azStartDeg - widthDeg(sector)) / 360);
  return azStartDeg + 360 * turns;
}

/** How wide the sector is, degrees; 0 to 360 is all the way round. */
export function widthDeg(sector: KeepOutSector): number {
  return azimuthSpanDeg(sector);
}

/**
 * Why the antenna may not point there: `elevation 12 deg at azimuth 45 deg is below the horizon
 * mask 17.5 deg`.
 */
export function forbids(obstacle: Obstacle, pointing: Pointing): string {
  const azimuth = `azimuth ${formatDeg(pointing.azimuthDeg)} deg`;
  const elevation = `elevation ${formatDeg(pointing.elevationDeg)} deg`;
  const disc = obstacle.kind === 'keep-out' ? obstacle.sector.disc : undefined;
  if (disc) return describeNearness(disc, pointing);
  return obstacle.kind === 'keep-out'
    ? `${azimuth} ${elevation} is inside ${describeObstacle(obstacle)}`
    : `${elevation} at ${azimuth} is below ${describeObstacle(obstacle)}`;
}

/** What is in the way, for messages. */
export function describeObstacle(obstacle: Obstacle): string {
  if (obstacle.kind === 'floor') return `the lowest elevation ${formatDeg(obstacle.elevationDeg)} deg`;
  if (obstacle.kind === 'horizon') return `the horizon mask ${formatDeg(obstacle.elevationDeg)} deg`;
  const { azStartDeg, azEndDeg, elMinDeg, elMaxDeg, disc } = obstacle.sector;
  if (disc) return disc.name;
  return (
    `the keep-out sector az ${formatDeg(azStartDeg)}..${formatDeg(azEndDeg)} deg ` +
    `el ${formatDeg(elMinDeg)}..${formatDeg(elMaxDeg)} deg`
  );
}
