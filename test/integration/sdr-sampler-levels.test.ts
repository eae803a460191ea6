import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAccurateOrFlagged, startLevelSource } from '../support/level-rows.ts';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench } from '../support/librtlsdr.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { PROGRAMS } from '../support/program-sampler.ts';

// A few rows of the table in test/hardware/levels.test.ts.

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'levels through real programs', () => {
  let bench: DongleBench;

  beforeAll(() => {
    bench = installDongleBench();
  });

  afterAll(() => bench.close());

  test.concurrent.for(PROGRAMS)(
    '%s: a carrier on the tuned frequency is measured in full',
    async (program) => {
      const source = await startLevelSource(bench, program);
      try {
        for (const [bandwidthHz, besideHz] of [
          [80_000, 0],
          [2_000_000, 0],
          // The tuner frequency of rtl_tcp for this bandwidth.
          ...(program === 'rtl_power' ? [] : [[2_000_000, -20_000] as const]),
        ] as const) {
          const rows = await source.measure(bandwidthHz, besideHz, [-10]);
          expect(rows.filter((row) => !isAccurateOrFlagged(row))).toEqual([]);
          // On a busy machine samples may be missing.
          expect(rows.filter(({ flags }) => flags.some((flag) => flag !== 'dropped'))).toEqual([]);
        }
      } finally {
        await source.close();
      }
    },
  );
});
