import type { MeasureResponse, Spectrum } from '#proto/sdr_sampler';
import { dbToLinear, linearToDb } from '#shared/sky/units';
import { channelAt, type CombBand, type CombCarrier } from './carrier-comb.ts';
import { expectedPowers, HAMMING, HANN, type CombModel } from './comb-model.ts';
import type { DongleBench } from './librtlsdr.ts';
import { startProgramSampler, type Program } from './program-sampler.ts';
import { meanDb } from './receivers.ts';
import { until } from './until.ts';

// Spectra of combs of carriers, with the real receiver programs on the stand-in for librtlsdr.

/** A measurement of a comb. */
export interface CombSpectrum {
  /** Mean power of each channel, relative to full scale. */
  powers: number[];
  expected: number[];
  flags: Buffer;
  transforms: number;
  levelDbfs: number;
}

/** A sampler at one setting. */
export interface CombReceiver {
  band: CombBand;
  model: CombModel;
  /** Expected level of the bandwidth without carriers, relative to full scale. */
  noise: number;
  /** The level is that of the whole sampled band. */
  isWhole: boolean;
  measure(comb: readonly CombCarrier[]): Promise<CombSpectrum>;
}

export interface CombSource {
  tune(bandwidthHz: number, channels: number): Promise<CombReceiver>;
  close(): Promise<void>;
}

/** An odd frequency: the hydrogen line. */
const CENTRE_HZ = 1_420_405_752;
const NOISE_DBFS = -30;
/** The noise of the stand-in is that of this band, or of the sample rate if it is lower. */
const NOISE_BAND_HZ = 2_400_000;
/** Of I and Q, by rounding to whole numbers. */
const QUANTISATION = 1 / 6 / 127.5 ** 2;
/** From this part of the sample rate on, the level is the power of the samples. */
const WHOLE_SHARE = 0.97;
/**
 * Samples of the previous comb may be on their way: spectra that are discarded for them, of 0.2 s
 * or, with rtl_power, of a second.
 */
const MAX_DISCARDED = { samples: 10, power: 3 };
const SHOWN_DB = 3;
/** A busy machine delays samples and the gain steps with which the sampler times a server. */
const READY_WITHIN_MS = 300_000;
const DC = 1;

export async function startCombSource(bench: DongleBench, program: Program): Promise<CombSource> {
  const serial = `comb-${program.replaceAll('_', '-')}`;
  const isPower = program === 'rtl_power';
  const plug = (tones: readonly CombCarrier[]) => bench.plug(serial, { noise: NOISE_DBFS, tones });
  plug([]);
  const sampler = await startProgramSampler(bench, program, serial);

  async function measure(bandwidthHz: number, channels: number): Promise<MeasureResponse> {
    const receiver = { centerFrequencyHz: CENTRE_HZ, bandwidthHz, gainDb: 0 };
    const settings = { ...receiver, readMs: isPower ? 1_000 : 10 };
    return await until(
      'a measurement succeeds',
      () => sampler.client.measure({ settings, reads: isPower ? 1 : 20, spectrum: { channels } }),
      READY_WITHIN_MS,
    );
  }

  return {
    async tune(bandwidthHz, channels) {
      plug([]);
      const band = bandOf(await measure(bandwidthHz, channels), bandwidthHz);
      const rateHz = channels * band.channelHz;
      const noise = dbToLinear(NOISE_DBFS) * Math.max(1, rateHz / NOISE_BAND_HZ) + QUANTISATION;
      const model = { window: isPower ? HAMMING : HANN, noise: noise / channels };
      const isWhole = !isPower && bandwidthHz >= WHOLE_SHARE * rateHz;
      return {
        band,
        model,
        noise: isWhole ? noise : (noise * bandwidthHz) / rateHz,
        isWhole,
        async measure(comb) {
          plug(comb);
          const expected = expectedPowers(band, comb, model);
          const isShown = (reply: MeasureResponse) => {
            const powers = powersOf(reply);
            return comb.every(({ hz }) => {
              const k = Math.round(channelAt(band, hz)) % band.channels;
              return Math.abs(linearToDb((powers[k] as number) / (expected[k] as number))) < SHOWN_DB;
            });
          };
          for (let discarded = 0; discarded < MAX_DISCARDED[isPower ? 'power' : 'samples']; discarded++)
            if (isShown(await measure(bandwidthHz, channels))) break;
          // The one before may have begun with the previous comb.
          const reply = await measure(bandwidthHz, channels);
          const now = bandOf(reply, bandwidthHz);
          if (now.firstHz !== band.firstHz)
            throw new Error(`tuned from ${band.firstHz} to ${now.firstHz} Hz`);
          const { transforms } = reply.spectrum as Spectrum;
          return {
            powers: powersOf(reply),
            expected,
            flags: flagsOf(reply),
            transforms,
            levelDbfs: meanDb(reply.reads),
          };
        },
      };
    },
    close: () => sampler.close(),
  };
}

function bandOf(reply: MeasureResponse, bandwidthHz: number): CombBand {
  const { firstChannelHz: firstHz = NaN, channelHz = NaN } = reply.spectrum?.band ?? {};
  const flags = flagsOf(reply);
  const isDc = (k: number) => ((flags[k] ?? 0) & DC) !== 0;
  const tuners = [...flags.keys()].filter((k) => isDc(k - 1) && isDc(k) && isDc(k + 1));
  return {
    firstHz,
    channelHz,
    channels: flags.length,
    tunersHz: tuners.map((k) => firstHz + k * channelHz),
    lowHz: CENTRE_HZ - bandwidthHz / 2,
    highHz: CENTRE_HZ + bandwidthHz / 2,
    hasSeam: tuners.length > 1,
  };
}

function flagsOf({ spectrum }: MeasureResponse): Buffer {
  return spectrum?.band?.flags ?? Buffer.alloc(0);
}

function powersOf({ spectrum }: MeasureResponse): number[] {
  const bytes = spectrum?.meanDb ?? Buffer.alloc(0);
  return Array.from({ length: bytes.length / 4 }, (_, k) => dbToLinear(bytes.readFloatLE(4 * k)));
}
