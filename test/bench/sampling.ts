import { pino } from 'pino';
import { ChannelMeter, fftSamples } from '../../services/sdr-sampler/domain/channel.ts';
import { addSamples, emptySums } from '../../services/sdr-sampler/domain/power.ts';
import { createSpectrumMeter } from '../../services/sdr-sampler/domain/spectrum-meter.ts';
import { spectrumOf, type SpectrumRead } from '../../services/shared/spectrum/spectrum.ts';
import { createReadSplitter } from '../../services/sdr-sampler/domain/reads.ts';
import { createFft } from '../../services/sdr-sampler/engine/fft.ts';
import {
  createFftJs,
  loadSpectrumFft,
  type CreateSpectrumFft,
} from '../../services/sdr-sampler/engine/spectrum-fft.ts';
import { figure, type Row } from './row.ts';
import { median } from './statistics.ts';

const RATE_HZ = 2_400_000;
const CHANNEL_HZ = 200_000;
const SPECTRUM_CHANNELS = 1_024;
const READ_SAMPLES = RATE_HZ / 100;
const READS_PER_POINT = 10;
// Block size of rtl_tcp.
const BLOCK_BYTES = 16_384;
const PASSES = 20;

/** Speed of the power computation on one core, as a multiple of real time. */
export const sampling: Row = {
  name: 'sampling',
  run: async ({ quick }) => {
    const runs = quick ? 2 : 15;
    const iq = noise(RATE_HZ / 10);
    const sums = emptySums();
    const whole = timesRealTime(iq, runs, (block) => addSamples(sums, block));
    const size = fftSamples(CHANNEL_HZ, RATE_HZ, RATE_HZ / 100);
    const meter = new ChannelMeter(CHANNEL_HZ, RATE_HZ, createFft(size), RATE_HZ / 4);
    const channel = timesRealTime(iq, runs, (block) => meter.add(block));
    const pffft = await loadSpectrumFft(pino({ level: 'silent' }));
    const withPffft = timesRealTime(iq, runs, spectrumTaker(pffft));
    const withFftJs = timesRealTime(iq, runs, spectrumTaker(createFftJs));
    return [
      figure('power of the whole band over 2.4 MS/s', whole, '', { min: 200 }),
      figure(`channel of 200 kHz, FFTs of ${size}, over 2.4 MS/s`, channel, '', { min: 10 }),
      figure(
        `core for a spectrum of ${SPECTRUM_CHANNELS} channels with all statistics at 2.4 MS/s`,
        100 / withPffft,
        '%',
        { max: 12 },
      ),
      figure('the same with fft.js', 100 / withFftJs, '%'),
    ];
  },
};

/** Spectra and levels of reads of 10 ms, and the statistics of each point of ten. */
function spectrumTaker(create: CreateSpectrumFft): (block: Uint8Array) => void {
  const wanted = { bandwidthHz: CHANNEL_HZ, offsetHz: RATE_HZ / 4 };
  const plan = { sampleRateHz: RATE_HZ, tunerHz: 1e9, wanted };
  const splitter = createReadSplitter(READ_SAMPLES, createSpectrumMeter(plan, create(SPECTRUM_CHANNELS)));
  let point: SpectrumRead[] = [];
  return (block) => {
    for (const { spectrum, clippedFraction } of splitter.push(block, 0))
      if (spectrum) point.push({ spectrum, clippedFraction });
    const [first, ...others] = point;
    if (!first || point.length < READS_PER_POINT) return;
    spectrumOf([first, ...others]);
    point = [];
  };
}

/** Median of some runs in processor time, without the first runs, which include compilation. */
function timesRealTime(iq: Uint8Array, runs: number, take: (block: Uint8Array) => void): number {
  const realMs = (PASSES * (iq.length / 2) * 1000) / RATE_HZ;
  const ratios: number[] = [];
  for (let run = -3; run < runs; run++) {
    const from = process.cpuUsage();
    for (let pass = 0; pass < PASSES; pass++)
      for (let at = 0; at < iq.length; at += BLOCK_BYTES) take(iq.subarray(at, at + BLOCK_BYTES));
    const { user, system } = process.cpuUsage(from);
    if (run >= 0) ratios.push(realMs / ((user + system) / 1000));
  }
  return median(ratios);
}

function noise(samples: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: 2 * samples }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 100 + (state >>> 24) * 0.2;
  });
}
