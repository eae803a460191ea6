import type { Clock } from '#shared/runtime/clock';
import { collectReads, type TimedRead } from './collect.ts';
import { createChannelMeter, fftSamples, needsChannel } from '../domain/channel.ts';
import { dcOfTwoTunings, readsWithDc } from '../domain/dc-offset.ts';
import type { Complex } from '../domain/power.ts';
import { createReadSplitter, samplesPerRead, type ReadSplitter } from '../domain/reads.ts';
import type { ReadSettings } from '../domain/settings.ts';
import { planTuning, type TuningPlan } from '../domain/tuning.ts';
import { createFft } from './fft.ts';
import type { Receiver, Tuning } from './receiver.ts';

/** One way to set the receiver for a channel. */
export interface Candidate {
  tuning: Tuning;
  /** Where the channel lies in the samples, Hz. */
  offsetHz: number;
}

export interface MeasurerOptions {
  sampleRateHz: number;
  guardMs: number;
}

/**
 * Reads a channel at one tuning, and at two where a carrier may be hidden by the tuner's DC offset.
 * Remembers the DC offset and which tuning showed more.
 */
export interface Measurer {
  /** The candidates, the one to begin with first. */
  inOrder(settings: ReadSettings, candidates: readonly Candidate[]): readonly Candidate[];
  /** Compares both tunings where that is needed before a stream, which cannot retune. */
  learnDc(settings: ReadSettings, candidates: readonly Candidate[], signal: AbortSignal): Promise<void>;
  /**
   * The candidates are in order and the receiver is set to the first; with one candidate a doubt
   * stays.
   */
  read(
    settings: ReadSettings,
    reads: number,
    candidates: readonly Candidate[],
    notBeforeMs: number,
    signal: AbortSignal,
  ): Promise<TimedRead[]>;
  /** Reads of a stream with what is known of the DC offset. */
  complete(settings: ReadSettings, candidate: Candidate, reads: readonly TimedRead[]): TimedRead[];
  splitterFor(settings: ReadSettings, offsetHz: number): ReadSplitter;
}

// More than the 2 s after which a silent receiver is given up, so that the answer can say so.
const MARGIN_MS = 3_000;
const LEARNING_MS = 20;
// A tuning that takes effect late would look like one that shows nothing new: longer than a retune
// takes on a busy host.
const COMPARISON_SETTLING_MS = 100;
/** Channels whose DC offset is remembered: rotors that share a receiver have their own. */
const MAX_KNOWN = 16;

/** What a comparison of both tunings has shown: the DC offset, and which tuning to begin with. */
interface Known {
  dc: Complex;
  offsetHz: number;
}

export function createMeasurer(receiver: Receiver, clock: Clock, options: MeasurerOptions): Measurer {
  const { sampleRateHz } = options;
  const known = new Map<string, Known>();
  /**
   * A stream met a carrier on the tuner's own frequency: the next one compares both tunings again.
   */
  let streamDoubted = false;

  const planFor = (settings: ReadSettings): TuningPlan => planTuning(settings.bandwidthHz, sampleRateHz);

  function remember(key: string, fact: Known): void {
    known.delete(key);
    known.set(key, fact);
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  function collect(
    settings: ReadSettings,
    reads: number,
    offsetHz: number,
    fromMs: number,
    signal: AbortSignal,
  ) {
    const settledMs = Number.isFinite(receiver.settledMs) ? receiver.settledMs : fromMs;
    const beginsInMs = Math.max(0, Math.max(fromMs, settledMs) - clock.monotonicMs());
    const withinMs = beginsInMs + reads * settings.readMs + receiver.latenessMs + MARGIN_MS;
    const splitter = splitterFor(settings, offsetHz);
    const collection = { reads, splitter, sampleRateHz, notBeforeMs: fromMs, withinMs };
    return collectReads(receiver, collection, clock, signal);
  }

  function splitterFor({ readMs, bandwidthHz }: ReadSettings, offsetHz: number): ReadSplitter {
    const samples = samplesPerRead(readMs, sampleRateHz);
    if (!needsChannel(bandwidthHz, sampleRateHz)) return createReadSplitter(samples, undefined);
    const fft = createFft(fftSamples(bandwidthHz, sampleRateHz, samples));
    const meter = createChannelMeter(bandwidthHz, sampleRateHz, fft, offsetHz);
    return createReadSplitter(samples, meter, planTuning(bandwidthHz, sampleRateHz).dcInside);
  }

  /** Reads the alternative too, and returns the reads of the tuning that shows more. */
  async function compare(
    settings: ReadSettings,
    first: readonly TimedRead[],
    preferred: Candidate,
    alternative: Candidate,
    signal: AbortSignal,
  ): Promise<TimedRead[]> {
    await receiver.tune(alternative.tuning, signal);
    const fromMs = clock.monotonicMs() + Math.max(options.guardMs, COMPARISON_SETTLING_MS);
    const second = await collect(settings, first.length, alternative.offsetHz, fromMs, signal);
    const samples = samplesPerRead(settings.readMs, sampleRateHz);
    const { dc, better, certain } = dcOfTwoTunings(first, second, samples);
    // The tuning that contains more of the channel; of two that are alike the one that is set now.
    const nearer = Math.abs(preferred.offsetHz) < Math.abs(alternative.offsetHz) ? 'first' : 'second';
    const chosen = better === 'either' ? nearer : better;
    const { offsetHz } = chosen === 'first' ? preferred : alternative;
    const key = keyOf(settings, preferred);
    // A DC offset in doubt may hold a carrier: with it, the next read would look right.
    if (certain) remember(key, { dc, offsetHz });
    else known.delete(key);
    const reads = readsWithDc(chosen === 'first' ? first : second, dc, samples);
    return reads.map((read) => ({ ...read, dcInDoubt: !certain }));
  }

  return {
    splitterFor,
    inOrder(settings, candidates) {
      const [first] = candidates;
      const offsetHz = first && known.get(keyOf(settings, first))?.offsetHz;
      return [...candidates].sort(
        (a, b) => Number(b.offsetHz === offsetHz) - Number(a.offsetHz === offsetHz),
      );
    },
    async learnDc(settings, candidates, signal) {
      const [preferred, alternative] = candidates as [Candidate, Candidate | undefined];
      if (!planFor(settings).dcInside || !alternative) return;
      if (known.has(keyOf(settings, preferred)) && !streamDoubted) return;
      streamDoubted = false;
      const reads = Math.ceil(LEARNING_MS / settings.readMs);
      const fromMs = clock.monotonicMs() + options.guardMs;
      const first = await collect(settings, reads, preferred.offsetHz, fromMs, signal);
      await compare(settings, first, preferred, alternative, signal);
    },
    async read(settings, reads, candidates, notBeforeMs, signal) {
      const [preferred, alternative] = candidates as [Candidate, Candidate | undefined];
      const first = await collect(settings, reads, preferred.offsetHz, notBeforeMs, signal);
      if (!planFor(settings).dcInside) return first;
      const samples = samplesPerRead(settings.readMs, sampleRateHz);
      const settled = readsWithDc(first, known.get(keyOf(settings, preferred))?.dc, samples);
      if (!alternative || settled.every((read) => !read.dcInDoubt)) return settled;
      return await compare(settings, first, preferred, alternative, signal);
    },
    complete(settings, candidate, reads) {
      if (!planFor(settings).dcInside) return [...reads];
      const samples = samplesPerRead(settings.readMs, sampleRateHz);
      const completed = readsWithDc(reads, known.get(keyOf(settings, candidate))?.dc, samples);
      streamDoubted ||= completed.some((read) => read.dcInDoubt);
      return completed;
    },
  };
}

/** The DC offset belongs to a gain and a frequency; the two tunings of a channel are one. */
function keyOf({ centerFrequencyHz, bandwidthHz }: ReadSettings, { tuning }: Candidate): string {
  return `${centerFrequencyHz} ${bandwidthHz} ${tuning.gainDb} ${tuning.correctionPpm}`;
}
