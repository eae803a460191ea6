import type { AntennaPattern } from '../../services/contract/rest/patterns.ts';
import { figure, type Figure } from '../bench/row.ts';
import { ANTENNAS } from '../support/nec/antennas.ts';
import { accuracyFigures, msiDifferenceDb, publishedDifferences } from '../support/nec/nec-differences.ts';
import { necPattern } from '../support/nec/nec-pattern.ts';
import { scanWithNec, textOf } from '../support/nec/nec-stack.ts';
import { callApi } from '../support/stack-client.ts';

const STEP_DEG = 5;
const DRIFT_DB = 0.05;
/** For cuts that a half sphere of NEC ends: a file needs complete ones. */
const FILL_DB = -80;

/**
 * Five antennas of NEC, each as the beam of the simulator: a scan through all services, its pattern
 * from the API, and its MSI file, compared with NEC's numbers.
 */
export async function patternStackFigures(seed: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [k, antenna] of ANTENNAS.entries()) {
    const truth = necPattern(antenna);
    const { stack, address, query, stop } = await scanWithNec(truth, {
      stepDeg: STEP_DEG,
      driftDb: DRIFT_DB,
      seed: seed + k,
    });
    try {
      const pattern = await callApi<AntennaPattern>(stack, 'GET', `${address}/pattern?${query}`);
      const msi = await textOf(stack, `${address}/pattern.msi?${query}&fill_db=${FILL_DB}`);
      figures.push(
        ...accuracyFigures(antenna.name, publishedDifferences(truth, pattern)),
        figure(`${antenna.name}: MSI file`, msiDifferenceDb(truth, msi, STEP_DEG), 'dB', { max: 0.3 }),
      );
    } finally {
      await stop();
    }
  }
  return figures;
}
