import type { AntennaPattern as PublishedPattern } from '../../../services/contract/rest/patterns.ts';
import type { AntennaPattern } from '../../../services/sky-analyst/domain/pattern/pattern.ts';
import { figure, type Figure as ScoreFigure } from '../../bench/row.ts';
import type { NecPattern } from './nec-pattern.ts';

interface Figure {
  value: number;
  sigma: number;
}
interface Lobe {
  levelDb: Figure;
  angleDeg: Figure;
}
interface Plane {
  hpbwDeg: Figure | undefined;
  before: { sideLobe: Lobe | undefined };
  after: { sideLobe: Lobe | undefined };
}
/** What is compared of a pattern. */
type Measured = Pick<AntennaPattern, 'directivityDbi' | 'frontToBackDb'> &
  Record<'azimuth' | 'elevation', Plane>;

/** Measured less true, and the standard deviation that was stated. */
interface Difference {
  error: number;
  sigma: number;
}

/** Widths in percent, places of side lobes in beam widths. */
export type Differences = Record<'directivity' | 'width' | 'back' | 'lobe' | 'place', Difference[]>;

const PLANES = ['azimuth', 'elevation'] as const;
/** Below this, the one-degree steps and the rounding of a file matter. */
const LOWEST_COMPARED_DB = -20;

/** Of the figures that both have; NaN: NEC has it, the measurement does not. */
export function differences(truth: NecPattern, pattern: Measured): Differences {
  const { directivityDbi, frontToBackDb } = pattern;
  const found: Differences = {
    directivity: [{ error: directivityDbi.value - truth.directivityDbi, sigma: directivityDbi.sigma }],
    width: [],
    back: [],
    lobe: [],
    place: [],
  };
  if (truth.frontToBackDb !== undefined) {
    const { value = NaN, sigma = NaN } = frontToBackDb.opposite ?? {};
    found.back.push({ error: value - truth.frontToBackDb, sigma });
  }
  for (const plane of PLANES) {
    const { hpbwDeg } = truth[plane];
    const { value = NaN, sigma = NaN } = pattern[plane].hpbwDeg ?? {};
    found.width.push({ error: 100 * (value / hpbwDeg - 1), sigma: (100 * sigma) / hpbwDeg });
    for (const side of ['before', 'after'] as const) {
      const [lobe, expected] = [pattern[plane][side].sideLobe, truth[plane][side].sideLobe];
      if (!expected) continue;
      found.lobe.push({
        error: (lobe?.levelDb.value ?? NaN) - expected.levelDb,
        sigma: lobe?.levelDb.sigma ?? NaN,
      });
      found.place.push({
        error: ((lobe?.angleDeg.value ?? NaN) - expected.angleDeg) / hpbwDeg,
        sigma: (lobe?.angleDeg.sigma ?? NaN) / hpbwDeg,
      });
    }
  }
  return found;
}

/** The same of an answer of the API. */
export function publishedDifferences(truth: NecPattern, pattern: PublishedPattern): Differences {
  const planeOf = (plane: (typeof PLANES)[number]): Plane => {
    const sideOf = (side: 'before' | 'after') => {
      const lobe = pattern.side_lobe_db[plane][side];
      return { sideLobe: lobe ? { levelDb: lobe.level_db, angleDeg: lobe.angle_deg } : undefined };
    };
    const hpbwDeg = pattern.hpbw_deg[plane] ?? undefined;
    return { hpbwDeg, before: sideOf('before'), after: sideOf('after') };
  };
  const { value, sigma, is_upper_bound: isUpperBound } = pattern.directivity_dbi;
  return differences(truth, {
    directivityDbi: { value, sigma, isUpperBound },
    frontToBackDb: {
      opposite: pattern.front_to_back_db.opposite ?? undefined,
      worst: pattern.front_to_back_db.worst ?? undefined,
    },
    azimuth: planeOf('azimuth'),
    elevation: planeOf('elevation'),
  });
}

/** The largest difference of each, with its goal. */
export function accuracyFigures(name: string, found: Differences): ScoreFigure[] {
  const { directivity, width, back, lobe, place } = found;
  return [
    largest(`${name}: directivity`, directivity, 'dB', 0.1),
    largest(`${name}: half-power widths`, width, '%', 1),
    ...(back.length > 0 ? [largest(`${name}: front to back`, back, 'dB', 0.3)] : []),
    ...(lobe.length > 0
      ? [
          largest(`${name}: first side lobes`, lobe, 'dB', 0.3),
          largest(`${name}: their place in beam widths`, place, '', 0.1),
        ]
      : []),
  ];
}

/** NaN, and not reached, if a figure was not found. */
function largest(name: string, list: readonly Difference[], unit: string, max: number): ScoreFigure {
  return figure(name, Math.max(...list.map(({ error }) => Math.abs(error))), unit, { max });
}

/**
 * The largest difference between an MSI file and the cuts of NEC, dB, where NEC is above -20 dB;
 * angles of the file: clockwise in azimuth, downwards in elevation.
 * @param stepDeg Of the scan: nearer than this to the ground, where the pattern of NEC ends, no
 *   scan shows how fast it falls.
 */
export function msiDifferenceDb(truth: NecPattern, msi: string, stepDeg: number): number {
  const errors = PLANES.flatMap((plane) => {
    const title = plane === 'azimuth' ? 'HORIZONTAL' : 'VERTICAL';
    const lines = msi.slice(msi.indexOf(title)).split('\r\n').slice(1, 361);
    const gainAt = (fileDeg: number) => truth[plane].gainAt(plane === 'azimuth' ? fileDeg : -fileDeg);
    return lines.flatMap((line) => {
      const [deg = NaN, lossDb = NaN] = line.split(' ').map(Number);
      const trueDb = 10 * Math.log10(gainAt(deg));
      const isAtGround = gainAt(deg - stepDeg) === 0 || gainAt(deg + stepDeg) === 0;
      return trueDb > LOWEST_COMPARED_DB && !isAtGround ? [Math.abs(-lossDb - trueDb)] : [];
    });
  });
  return Math.max(...errors);
}
