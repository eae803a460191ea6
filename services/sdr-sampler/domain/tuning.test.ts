import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DC_GUARD_HZ, FLAT_SHARE, planTuning, widestBesideDcHz } from './tuning.ts';

const rates = fc.integer({ min: 900_001, max: 3_200_000 });

test('a channel that fits lies between the DC offset and the edge of the flat band', () => {
  fc.assert(
    fc.property(rates, fc.double({ min: 0.001, max: 1, noNaN: true }), (rateHz, share) => {
      const bandwidthHz = share * widestBesideDcHz(rateHz);
      const { tunings, dcInside } = planTuning(bandwidthHz, rateHz);
      expect(dcInside).toBe(false);
      for (const { offsetHz } of tunings) {
        expect(Math.abs(offsetHz) - bandwidthHz / 2).toBeGreaterThan(DC_GUARD_HZ - 1);
        expect(Math.abs(offsetHz) + bandwidthHz / 2).toBeLessThan(FLAT_SHARE * rateHz + 1);
      }
    }),
  );
});

test('a wider channel has its DC offset at two positions at least 10 kHz apart, and its first tuning stays inside the sampled band', () => {
  fc.assert(
    fc.property(rates, fc.double({ min: 0.5, max: 1, noNaN: true }), (rateHz, share) => {
      const { tunings, dcInside } = planTuning(share * rateHz, rateHz);
      expect(dcInside).toBe(true);
      expect(Math.abs(tunings[0].offsetHz - tunings[1].offsetHz)).toBeGreaterThanOrEqual(10_000);
      expect(Math.abs(tunings[0].offsetHz) + (share * rateHz) / 2).toBeLessThanOrEqual(rateHz / 2 + 1);
    }),
  );
});

test.each([
  [20_000, 512_000],
  [200_000, 512_000],
  [900_000, 492_080],
  [1_000_000, 442_080],
  [2_000_000, 20_000],
  [2_048_000, 0],
])('a channel of %d Hz at 2.048 MS/s is tuned %d Hz off its centre', (bandwidthHz, offsetHz) => {
  expect(planTuning(bandwidthHz, 2_048_000).tunings[0].offsetHz).toBe(offsetHz);
});
