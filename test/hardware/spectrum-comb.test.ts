import { afterAll, beforeAll, expect, test } from 'vitest';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import {
  channelAt,
  combOf,
  isBandEdge,
  isWanted,
  ROUNDS,
  type CombBand,
  type CombCarrier,
} from '../support/carrier-comb.ts';
import { combRows, type CombRow } from '../support/comb-model.ts';
import { startCombSource, type CombReceiver, type CombSpectrum } from '../support/comb-source.ts';
import { installDongleBench } from '../support/installed-dongle-bench.ts';
import type { DongleBench } from '../support/librtlsdr.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { PROGRAMS, type Program } from '../support/program-sampler.ts';

// Combs of known carriers through the real programs: at the centres of channels, between two, at
// both ends of the sampled band, of the bandwidth and of each hop, and near the tuner.
//
// The stand-in has no filter, so carriers in the outer 4 % of the band (flag BAND_EDGE) have their
// level; a real receiver attenuates them. The spectrum of samples is circular: a carrier in the
// last half channel of the band has its peak in the first channel, and the sum of the channels at
// both ends is its level. The two hops of rtl_power are cut off before that.

/** In channels, with a margin for noise if a carrier is between two. */
const MAX_PEAK_OFF = 0.52;
const MAX_FREQUENCY_OFF = 0.1;
const MAX_ERROR_DB = 0.2;
const ALL_MS = 600_000;
const FLAGS = { dc: 1, bandEdge: 2 };

const SAMPLES: Setting[] = [
  [200_000, 1_024],
  [900_000, 256],
  // The tuner is inside the bandwidth.
  [1_900_000, 4_096],
  // The level is that of the whole sampled band.
  [2_048_000, 1_024],
];
const POWER: Setting[] = [
  [300_000, 64],
  [200_000, 1_024],
  [1_000_000, 4_096],
  // Two hops.
  [1_300_000, 1_024],
  [2_000_000, 4_096],
  [2_400_000, 256],
];
type Setting = [bandwidthHz: number, channels: number];

describeWithPrograms(['cc', 'rtl_tcp', 'rtl_power', 'rtl_biast'], 'combs through real programs', () => {
  let bench: DongleBench;
  const figures: string[] = [];

  beforeAll(() => {
    bench = installDongleBench();
  });

  afterAll(() => {
    bench.close();
    process.stdout.write(`\n${figures.join('\n')}\n\n`);
  });

  test.concurrent.for(PROGRAMS)(
    '%s: every carrier has its frequency and level, and nothing else appears',
    { timeout: ALL_MS },
    async (program) => {
      const source = await startCombSource(bench, program);
      const problems: string[] = [];
      try {
        for (const setting of program === 'rtl_power' ? POWER : SAMPLES) {
          const receiver = await source.tune(...setting);
          const results: Result[] = [];
          for (const round of ROUNDS) {
            const comb = combOf(receiver.band, round);
            expect(comb.length, 'carriers').toBeGreaterThanOrEqual(setting[1] === 64 ? 6 : 19);
            results.push(resultOf(receiver, comb, await receiver.measure(comb)));
          }
          const beyond = combOf(receiver.band, 0).filter((carrier) => !isWanted(receiver.band, carrier));
          const alone = resultOf(receiver, beyond, await receiver.measure(beyond));
          figures.push(figuresOf(program, setting, [...results, alone]));
          problems.push(
            ...[...results, alone].flatMap((result, round) =>
              result.problems.map((problem) => `${setting.join(' Hz, ')} channels, ${round}: ${problem}`),
            ),
          );
        }
        expect(problems).toEqual([]);
      } finally {
        await source.close();
      }
    },
  );
});

interface Result {
  rows: CombRow[];
  /** Difference of the level of the bandwidth from the sum of noise and carriers inside. */
  levelErrorDb: number;
  /** Greatest excess of a channel over noise and carriers. */
  excessDb: number;
  problems: string[];
}

function resultOf(
  { band, model, noise, isWhole }: CombReceiver,
  comb: readonly CombCarrier[],
  spectrum: CombSpectrum,
): Result {
  const { powers, expected, flags, transforms, levelDbfs } = spectrum;
  const rows = combRows(band, comb, powers, model);
  const inside = comb.filter((carrier) => isWhole || isWanted(band, carrier));
  const wanted = inside.reduce((sum, { dbfs }) => sum + dbToLinear(dbfs), noise);
  const levelErrorDb = levelDbfs - linearToDb(wanted);
  const excesses = powers.map((power, k) =>
    (flags[k] as number) & FLAGS.dc ? -Infinity : linearToDb(power / (expected[k] as number)),
  );
  const excessDb = Math.max(...excesses);
  const problems = [
    ...rows
      .filter(
        (row) =>
          Math.abs(row.peakOff) > MAX_PEAK_OFF ||
          Math.abs(row.frequencyOff) > MAX_FREQUENCY_OFF ||
          // NaN: no carrier.
          !(Math.abs(row.errorDb) <= MAX_ERROR_DB),
      )
      .map((row) => JSON.stringify(row)),
    ...(Math.abs(levelErrorDb) > MAX_ERROR_DB ? [`level of the bandwidth ${levelErrorDb} dB off`] : []),
    ...excesses.flatMap((excess, k) =>
      excess > maxExcessDb(transforms) ? [`channel ${k}: ${excess} dB above the expected power`] : [],
    ),
    ...comb.flatMap((carrier) => flagProblem(band, carrier, flags)),
  ];
  return { rows, levelErrorDb, excessDb, problems };
}

/**
 * Seven standard errors of the mean of noise, and 1 dB because the tails of several carriers
 * interfere, and because the window of rtl_power is not exactly the one of the model.
 */
function maxExcessDb(transforms: number): number {
  return 1 + linearToDb(1 + 7 / Math.sqrt(transforms));
}

function flagProblem(band: CombBand, { place, hz }: CombCarrier, flags: Buffer): string[] {
  const channel = Math.round(channelAt(band, hz)) % band.channels;
  const bits = flags[channel];
  const expected = isBandEdge(band, channel) ? FLAGS.bandEdge : 0;
  return bits === expected ? [] : [`flags of channel ${channel}, ${place}: ${bits} instead of ${expected}`];
}

function figuresOf(program: Program, [bandwidthHz, channels]: Setting, results: readonly Result[]): string {
  const rows = results.flatMap((result) => result.rows);
  const most = (values: number[]) => Math.max(...values.map(Math.abs)).toFixed(3);
  const levels = rows.map(({ errorDb }) => errorDb);
  return [
    `${program} ${bandwidthHz / 1e3} kHz, ${channels} channels, ${rows.length} carriers:`,
    `frequency ${most(rows.map(({ frequencyOff }) => frequencyOff))} channels,`,
    `level ${Math.min(...levels).toFixed(3)} to ${Math.max(...levels).toFixed(3)} dB,`,
    `bandwidth ${most(results.map(({ levelErrorDb }) => levelErrorDb))} dB,`,
    `excess ${most(results.map(({ excessDb }) => excessDb))} dB`,
  ].join(' ');
}
