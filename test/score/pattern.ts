import { measurePattern } from '../../services/sky-analyst/domain/pattern/measure-pattern.ts';
import type { AntennaPattern } from '../../services/sky-analyst/domain/pattern/pattern.ts';
import { figure, type Figure } from '../bench/row.ts';
import { ANTENNAS } from '../support/nec/antennas.ts';
import { accuracyFigures, differences, type Differences } from '../support/nec/nec-differences.ts';
import { necPattern, type NecPattern } from '../support/nec/nec-pattern.ts';
import { scanOfNec } from '../support/nec/nec-scan.ts';
import { seededRandom } from '../support/samples.ts';

const STEP_DEG = { accuracy: 3, repeats: 5 };
const NOISE_DB = 0.05;
const BACKGROUND_DB = -50;
/** The antenna whose scans are repeated. */
const REPEATED = 'Yagi';

/**
 * Differences between the measured figures of five antennas and those of NEC, and the share of
 * `repeats` with other noise in which the truth is within one sigma.
 */
export function patternFigures(seed: number, repeats: number): Figure[] {
  const antennas = ANTENNAS.map((antenna) => ({ name: antenna.name, truth: necPattern(antenna) }));
  const accuracy = antennas.flatMap(({ name, truth }, k) =>
    accuracyFigures(name, differences(truth, measured(truth, STEP_DEG.accuracy, seed + k))),
  );
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
