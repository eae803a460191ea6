import type { Clock } from '#shared/runtime/clock';
import { collectReads, type TimedRead } from './collect.ts';
import { ChannelMeter, fftSamples, needsChannel } from '../domain/channel.ts';
import { dcOfTwoTunings, readsWithDc } from '../domain/dc-offset.ts';
import type { Complex } from '../domain/power.ts';
import { createReadSplitter, samplesPerRead, type ReadSplitter } from '../domain/reads.ts';
import { createSpectrumMeter } from '../domain/spectrum-meter.ts';
import type { ReadSettings } from '../domain/settings.ts';
import { planTuning, type TuningPlan } from '../domain/tuning.ts';
import { createFft } from './fft.ts';
import type { CreateSpectrumFft } from './spectrum-fft.ts';
import type { Receiver, Tuning } from './receiver.ts';

/** A possible tuning for a channel. */
export interface Candidate {
  tuning: Tuning;
  /** Frequency of the channel relative to the tuner, Hz. */
  offsetHz: number;
}

export interface MeasurerOptions {
  sampleRateHz: number;
  guardMs: number;
  createSpectrumFft: CreateSpectrumFft;
}

/**
 * Reads a channel at one tuning; compares two tunings if a carrier may hide behind the tuner's DC
 * offset. Remembers the DC offset and the better tuning.
 */
export interface Measurer {
  /** Sorts the candidates, the preferred one first; with a spectrum, that is always the same. */
  inOrder(settings: ReadSettings, candidates: readonly Candidate[]): readonly Candidate[];
  /** Compares both tunings before a stream if necessary, because a stream cannot retune. */
  learnDc(settings: ReadSettings, candidates: readonly Candidate[], signal: AbortSignal): Promise<void>;
  /**
   * Requires sorted candidates and a receiver tuned to the first one. With a single candidate, a
   * doubt about the DC offset remains.
   */
  read(
    settings: ReadSettings,
    reads: number,
    candidates: readonly Candidate[],
    notBeforeMs: number,
    signal: AbortSignal,
  ): Promise<TimedRead[]>;
  /** Corrects the reads of a stream with the known DC offset. */
  complete(settings: ReadSettings, candidate: Candidate, reads: readonly TimedRead[]): TimedRead[];
  splitterFor(settings: ReadSettings, candidate: Candidate): ReadSplitter;
}

// Longer than the 2 s after which a silent receiver is given up, so that its error is reported.
const MARGIN_MS = 3_000;
const LEARNING_MS = 20;
/** Number of channels whose DC offset is remembered: one per rotor that shares the receiver. */
const MAX_KNOWN = 16;

/** Result of a comparison: the DC offset and the better tuning. */
interface Known {
  dc: Complex;
  offsetHz: number;
}

export function createMeasurer(receiver: Receiver, clock: Clock, options: MeasurerOptions): Measurer {
  const { sampleRateHz } = options;
  const known = new Map<string, Known>();
  /**
   * The last stream met a carrier at the tuner's frequency: the next one compares both tunings
   * again.
   */
  let streamDoubted = false;

  const dcInside = (settings: ReadSettings): boolean => planFor(settings, sampleRateHz).dcInside;

  function remember(key: string, fact: Known): void {
    known.delete(key);
    known.set(key, fact);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  function collect(
    settings: ReadSettings,
    reads: number,
    candidate: Candidate,
    fromMs: number,
    signal: AbortSignal,
  ) {
    const settledMs = Number.isFinite(receiver.settledMs) ? receiver.settledMs : fromMs;
    const beginsInMs = Math.max(0, Math.max(fromMs, settledMs) - clock.monotonicMs());
    const withinMs = beginsInMs + reads * settings.readMs + receiver.latenessMs + MARGIN_MS;
    const splitter = splitterFor(settings, candidate);
    const collection = { reads, splitter, sampleRateHz, notBeforeMs: fromMs, withinMs };
    return collectReads(receiver, collection, clock, signal);
  }

  function splitterFor(settings: ReadSettings, { offsetHz, tuning }: Candidate): ReadSplitter {
    const { readMs, bandwidthHz, spectrum } = settings;
    const samples = samplesPerRead(readMs, sampleRateHz);
    const isPart = needsChannel(bandwidthHz, sampleRateHz);
    if (spectrum) {
      const wanted = isPart ? { bandwidthHz, offsetHz } : undefined;
      const plan = { sampleRateHz, tunerHz: tuning.centerFrequencyHz, wanted };
      const meter = createSpectrumMeter(plan, options.createSpectrumFft(spectrum.channels));
      return createReadSplitter(samples, meter, dcInside(settings));
    }
    if (!isPart) return createReadSplitter(samples, undefined);
    const fft = createFft(fftSamples(bandwidthHz, sampleRateHz, samples));
    const meter = new ChannelMeter(bandwidthHz, sampleRateHz, fft, offsetHz);
    return createReadSplitter(samples, meter, dcInside(settings));
  }

  /** Reads at the alternative tuning too, and returns the reads of the better one. */
  async function compare(
    settings: ReadSettings,
    first: readonly TimedRead[],
    preferred: Candidate,
    alternative: Candidate,
    signal: AbortSignal,
  ): Promise<TimedRead[]> {
    await receiver.tune(alternative.tuning, signal);
    const fromMs = clock.monotonicMs() + options.guardMs;
    const second = await collect(settings, first.length, alternative, fromMs, signal);
    const samples = samplesPerRead(settings.readMs, sampleRateHz);
    const { dc, better, certain } = dcOfTwoTunings(first, second, samples);
    // The better tuning has less at its own frequency; if equal, the one closer to the channel's
    // centre.
    const nearer = Math.abs(preferred.offsetHz) < Math.abs(alternative.offsetHz) ? 'first' : 'second';
    // All spectra of a channel have the same tuning, so that their channels are the same.
    const chosen = settings.spectrum ? 'first' : better === 'either' ? nearer : better;
    const { offsetHz } = chosen === 'first' ? preferred : alternative;
    const key = keyOf(settings, preferred);
    // A doubtful DC offset may contain a carrier and would falsify the next read.
    if (certain) remember(key, { dc, offsetHz });
    else known.delete(key);
    const reads = readsWithDc(chosen === 'first' ? first : second, dc, samples);
    return reads.map((read) => ({ ...read, dcInDoubt: !certain }));
  }

  return {
    splitterFor,
    inOrder(settings, candidates) {
      if (settings.spectrum) return candidates;
      const [first] = candidates;
      const offsetHz = first && known.get(keyOf(settings, first))?.offsetHz;
      return [...candidates].sort(
        (a, b) => Number(b.offsetHz === offsetHz) - Number(a.offsetHz === offsetHz),
      );
    },
    async learnDc(settings, candidates, signal) {
      const [preferred, alternative] = candidates as [Candidate, Candidate | undefined];
      if (!dcInside(settings) || !alternative) return;
      if (known.has(keyOf(settings, preferred)) && !streamDoubted) return;
      streamDoubted = false;
      const reads = Math.ceil(LEARNING_MS / settings.readMs);
      const fromMs = clock.monotonicMs() + options.guardMs;
      const first = await collect(settings, reads, preferred, fromMs, signal);
      await compare(settings, first, preferred, alternative, signal);
    },
    async read(settings, reads, candidates, notBeforeMs, signal) {
      const [preferred, alternative] = candidates as [Candidate, Candidate | undefined];
      const first = await collect(settings, reads, preferred, notBeforeMs, signal);
      if (!dcInside(settings)) return first;
      const samples = samplesPerRead(settings.readMs, sampleRateHz);
      const settled = readsWithDc(first, known.get(keyOf(settings, preferred))?.dc, samples);
      if (!alternative || settled.every((read) => !read.dcInDoubt)) return settled;
      return await compare(settings, first, preferred, alternative, signal);
    },
    complete(settings, candidate, reads) {
      if (!dcInside(settings)) return [...reads];
      const samples = samplesPerRead(settings.readMs, sampleRateHz);
      const completed = readsWithDc(reads, known.get(keyOf(settings, candidate))?.dc, samples);
      streamDoubted ||= completed.some((read) => read.dcInDoubt);
      return completed;
    },
  };
}

/** The tunings for a channel. */
export function planFor(
  { bandwidthHz, spectrum }: Pick<ReadSettings, 'bandwidthHz' | 'spectrum'>,
  sampleRateHz: number,
): TuningPlan {
  return planTuning(bandwidthHz, sampleRateHz, spectrum !== undefined);
}

/** The DC offset depends on gain and frequency; both tunings of a channel share it. */
function keyOf({ centerFrequencyHz, bandwidthHz }: ReadSettings, { tuning }: Candidate): string {
  return `${centerFrequencyHz} ${bandwidthHz} ${tuning.gainDb} ${tuning.correctionPpm}`;
}
