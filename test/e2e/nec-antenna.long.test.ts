import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PatternComparison } from '#contract/rest/pattern-comparison';
import type { AntennaPattern } from '#contract/rest/patterns';
import { ANTENNAS } from '../support/nec/antennas.ts';
import { accuracyFigures, msiDifferenceDb, publishedDifferences } from '../support/nec/nec-differences.ts';
import { nec2cOutput } from '../support/nec/nec2c.ts';
import { necPattern, type NecPattern } from '../support/nec/nec-pattern.ts';
import { scanWithNec, textOf, type NecStackScan } from '../support/nec/nec-stack.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { callApi } from '../support/stack-client.ts';

// The simulator has a Yagi that NEC computes and a mount that turns over. All other antennas:
// npm run score -- --only pattern-stack.

const [YAGI] = ANTENNAS;
const STEP_DEG = 8;

describeWithPrograms(['nec2c'], 'a scan of the whole sphere through all services', () => {
  let truth: NecPattern;
  let scan: NecStackScan;

  beforeAll(async () => {
    if (!YAGI) throw new Error('there is no antenna');
    truth = necPattern(YAGI);
    scan = await scanWithNec(truth, { stepDeg: STEP_DEG, driftDb: 0.05, seed: 3 });
  });
  afterAll(() => scan.stop());

  const address = (part: string) => `${scan.address}/${part}?${scan.query}`;

  test('reaches all of it', async () => {
    expect(scan.planned.unreachable_points).toBe(0);
    const pattern = await callApi<AntennaPattern>(scan.stack, 'GET', address('pattern'));
    expect([pattern.points, pattern.coverage > 0.99]).toEqual([scan.planned.total_points, true]);
    expect(pattern.directivity_dbi.is_upper_bound).toBe(false);
  });

  test('has the figures of NEC', async () => {
    const pattern = await callApi<AntennaPattern>(scan.stack, 'GET', address('pattern'));
    const figures = accuracyFigures('Yagi', publishedDifferences(truth, pattern));
    expect(figures.filter(({ reached }) => reached !== true)).toEqual([]);
    expect(figures).toHaveLength(5);
  });

  test('exports what NEC has computed', async () => {
    const msi = await textOf(scan.stack, address('pattern.msi'));
    expect(msiDifferenceDb(truth, msi, STEP_DEG)).toBeLessThan(0.3);
  });

  test('agrees with the output of NEC in a comparison', async () => {
    if (!YAGI) throw new Error('there is no antenna');
    const answer = await textOf(scan.stack, `${address('pattern/comparison')}&format=nec`, nec2cOutput(YAGI));
    const { cuts } = JSON.parse(answer) as PatternComparison;
    for (const cut of Object.values(cuts)) {
      const high = cut.filter(({ second_db }) => (second_db ?? NaN) > -20);
      expect(high.length).toBeGreaterThan(100);
      for (const { difference_db } of high) expect(Math.abs(difference_db ?? NaN)).toBeLessThan(0.3);
    }
  });
});
