import { measurePattern } from '../../services/sky-analyst/domain/pattern/measure-pattern.ts';
import type { AntennaPattern } from '../../services/sky-analyst/domain/pattern/pattern.ts';
import { figure, type Figure } from '../bench/row.ts';
import { ANTENNAS } from '../support/nec/antennas.ts';
import { necPattern, type NecPattern } from '../support/nec/nec-pattern.ts';
import { scanOfNec } from '../support/nec/nec-scan.ts';
import { seededRandom } from '../support/samples.ts';

const STEP_DEG = { accuracy: 3, repeats: 5 };
const NOISE_DB = 0.05;
const BACKGROUND_DB = -50;
/** The antenna whose scans are repeated. */
const REPEATED = 'Yagi';

interface Difference {
  /** Measured less true, and the standard deviation that was stated. */
  error: number;
  sigma: number;
}

type Differences = Record<'directivity' | 'width' | 'back' | 'lobe' | 'place', Difference[]>;

/**
 * Differences between the measured figures of five antennas and those of NEC, and the share of
 * `repeats` with other noise in which the truth is within one sigma.
 */
export function patternFigures(seed: number, repeats: number): Figure[] {
  const antennas = ANTENNAS.map((antenna) => ({ name: antenna.name, truth: necPattern(antenna) }));
  const accuracy = antennas.flatMap(({ name, truth }, k) => {
    const { directivity, width, back, lobe, place } = differences(
      truth,
      measured(truth, STEP_DEG.accuracy, seed + k),
    );
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
  });
  const truth = antennas.find(({ name }) => name === REPEATED)?.truth;
  if (!truth) throw new Error(`there is no ${REPEATED}`);
  const all: Differences = { directivity: [], width: [], back: [], lobe: [], place: [] };
  for (let n = 0; n < repeats; n++) {
    const found = differences(truth, measured(truth, STEP_DEG.repeats, seed + 100 + n));
    for (const [name, list] of Object.entries(found)) all[name as keyof Differences].push(...list);
  }
  return [
    ...accuracy,
    ...Object.entries(all).map(([name, list]) => {
      const inside = list.filter(({ error, sigma }) => Math.abs(error) <= sigma).length;
      return figure(
        `${REPEATED}: ${name} within one sigma (${list.length})`,
        (100 * inside) / list.length,
        '%',
      );
    }),
  ];
}

function measured(truth: NecPattern, stepDeg: number, seed: number): AntennaPattern {
  const random = seededRandom(seed);
  const scan = scanOfNec(truth, {
    stepDeg,
    source: { azimuthDeg: 360 * random(), elevationDeg: 0 },
    elevations: [0, 180],
    noiseDb: NOISE_DB,
    backgroundDb: BACKGROUND_DB,
    random,
  });
  return measurePattern(scan, { background: 10 ** (BACKGROUND_DB / 10) });
}

/** Of the figures that both have. Widths in percent, places of side lobes in beam widths. */
function differences(truth: NecPattern, pattern: AntennaPattern): Differences {
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
  for (const plane of ['azimuth', 'elevation'] as const) {
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

/** NaN, and not reached, if a figure was not found. */
function largest(name: string, list: readonly Difference[], unit: string, max: number): Figure {
  return figure(name, Math.max(...list.map(({ error }) => Math.abs(error))), unit, { max });
}
