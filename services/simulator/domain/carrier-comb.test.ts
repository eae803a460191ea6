import { expect, test } from 'vitest';
import { createCarrierComb, roundedOffsetHz } from './carrier-comb.ts';

const SAMPLE_RATE_HZ = 2_000_000;
const CARRIERS = [
  { offsetHz: 312_345, phaseRad: 0.3 },
  { offsetHz: -987_654, phaseRad: 4 },
];

test('carriers keep frequency and phase while their powers change, in blocks of any length', () => {
  const comb = createCarrierComb(CARRIERS, SAMPLE_RATE_HZ);
  let sample = 0;
  for (let block = 0; block < 400; block++) {
    // The second one is switched on and off; both reach the end of their period and continue.
    const powers = [1 + (block % 7), block % 3 === 0 ? 0 : 4];
    const sum = new Float32Array(2 * (100 + ((37 * block) % 900)));
    comb.setPowers(powers);
    comb.add(sum, 2);
    for (let k = 0; k < sum.length; k += 2, sample++) {
      const expected = [0, 0];
      for (const [n, { offsetHz, phaseRad }] of CARRIERS.entries()) {
        const turns = (roundedOffsetHz(offsetHz, SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ) * sample;
        const angle = phaseRad + 2 * Math.PI * (turns % 1);
        expected[0] = (expected[0] ?? 0) + 2 * Math.sqrt(powers[n] ?? 0) * Math.cos(angle);
        expected[1] = (expected[1] ?? 0) + 2 * Math.sqrt(powers[n] ?? 0) * Math.sin(angle);
      }
      const error = Math.hypot((sum[k] ?? 0) - (expected[0] ?? 0), (sum[k + 1] ?? 0) - (expected[1] ?? 0));
      if (error > 1e-4) throw new Error(`sample ${sample} of block ${block} is off by ${error}`);
    }
  }
  expect(sample).toBeGreaterThan(3 * 65_536);
});
