import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWithReads } from '../../services/api-gateway/domain/calibration.ts';
import {
  edgeHz,
  floorDbfs,
  isAccurateOrFlagged,
  MAX_ERROR_DB,
  startLevelSource,
  tableOf,
  type LevelRow,
} from '../support/level-rows.ts';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench } from '../support/librtlsdr.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { PROGRAMS } from '../support/program-sampler.ts';

// Levels of a carrier through the real programs: at the centre of the channel, 2 kHz and 12 kHz
// off, at its edges, and at the tuner frequency for wide channels; in five bandwidths, from 10 dB
// above the channel noise to -3 dBFS. No level is off by more than 0.2 dB without a flag.

const BANDWIDTHS_HZ = [20_000, 80_000, 200_000, 1_000_000, 2_000_000];
/** Tuner frequencies of rtl_tcp for 1 and 2 MHz at 2.048 MS/s. */
const TUNER_HZ = [-442_080, -20_000, 20_000];
const MAX_DBFS = -3;
const ALL_MS = 600_000;

function placesOf(bandwidthHz: number): number[] {
  const edge = edgeHz(bandwidthHz);
  const places = [0, 2_000, -12_000, ...(bandwidthHz >= 1e6 ? TUNER_HZ : [])];
  return [...places.filter((hz) => Math.abs(hz) < edge), -edge, edge];
}

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'levels through real programs', () => {
  let bench: DongleBench;
  const all: LevelRow[] = [];

  beforeAll(() => {
    bench = installDongleBench();
  });

  afterAll(() => {
    bench.close();
    process.stdout.write(`\n${tableOf(all)}\n\n`);
  });

  test.concurrent.for(PROGRAMS)(
    '%s: carriers and a calibration are within 0.2 dB, or flagged',
    { timeout: ALL_MS },
    async (program) => {
      const source = await startLevelSource(bench, program);
      const rows: LevelRow[] = [];
      try {
        for (const bandwidthHz of BANDWIDTHS_HZ) {
          const lowest = floorDbfs(program, bandwidthHz) + 10;
          for (const besideHz of placesOf(bandwidthHz))
            rows.push(
              ...(await source.measure(bandwidthHz, besideHz, [lowest, (lowest + MAX_DBFS) / 2, MAX_DBFS])),
            );
        }
        all.push(...rows);
        expect(rows.filter((row) => !isAccurateOrFlagged(row))).toEqual([]);
        // No level needs a flag on the stand-in: permanent flags would make every row pass. On a
        // busy machine samples may be missing.
        expect(rows.flatMap(({ flags }) => flags).filter((flag) => flag !== 'dropped')).toEqual([]);

        // A generator on the tuned frequency, then a weaker carrier beside it.
        for (const bandwidthHz of [80_000, 2_000_000]) {
          const [generator] = await source.measure(bandwidthHz, 0, [-20]);
          const [carrier] = await source.measure(bandwidthHz, 2_000, [-15]);
          if (!generator || !carrier) throw new Error('no rows');
          const readMs = program === 'rtl_power' ? 1_000 : 20;
          expect(problemWithReads({ stdDb: 0, flags: generator.flags, readMs, bandwidthHz })).toBeUndefined();
          // dBm = dBFS + (level of the generator - its dBFS): an error of the generator's level is
          // also one of the carrier's.
          expect(Math.abs(carrier.errorDb - generator.errorDb)).toBeLessThan(MAX_ERROR_DB);
          expect(Math.abs(generator.errorDb)).toBeLessThan(MAX_ERROR_DB);
        }
      } finally {
        await source.close();
      }
    },
  );
});
