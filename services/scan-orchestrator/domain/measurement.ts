import type { Pointing } from '#shared/sky/pointing';
import { dbToLinear, linearToDb } from '#shared/sky/units';

/** One RSSI value of a receiver. */
export interface Read {
  /** dBm when calibrated, else dBFS. */
  levelDb: number;
  /**
   * The receiver told only the mean and the last of its reads; each level by itself means nothing.
   */
  summarised?: boolean;
  /** What its converter did; absent when the receiver does not say. */
  converter?: {
    /** Share of I and Q values at either end of the converter, 0 to 1. */
    clippedFraction: number;
    rmsLsb: number;
    droppedSamples: number;
    /** A carrier may be hidden by the tuner's DC offset; absent: no. */
    dcInDoubt?: boolean;
  };
}

/** What the reads of one cell say together. Levels are dBm when calibrated, else dBFS. */
export interface Levels {
  meanDbm: number;
  stdDb: number;
  minDbm: number;
  maxDbm: number;
  lastDbm: number;
  /** Absent when the receiver reports only a summary of its reads. */
  medianDbm?: number;
  reads: number;
  flags: string[];
}

/** What the reference pointing gave. */
export interface ReferenceMeasurement extends Pick<Levels, 'meanDbm' | 'stdDb' | 'reads' | 'flags'> {
  readback: Pointing;
  /** Unix time of the last read. */
  measuredAtMs: number;
}

/** A measured cell. */
export interface MeasuredPoint extends Levels {
  /** 1 for the first point of a session, without gaps. */
  seq: number;
  row: number;
  column: number;
  setpoint: Pointing;
  readback: Pointing;
  integrationMs: number;
  /** Unix time of the last read. */
  measuredAtMs: number;
  /** The reference pointing, when it was visited just before. */
  reference?: ReferenceMeasurement | undefined;
}

// Eight bits: an RTL-SDR is linear from 2 LSB rms up to the point where more than 0.1 % of its
// samples clip.
const CLIPPED_FRACTION = 0.001;
const UNDERLOADED_LSB = 2;

/**
 * Statistics of at least one read. The mean is taken in linear power: the mean of decibels reads
 * 2.5 dB low on noise. The standard deviation is the sample deviation of the reads in dB, 0 for a
 * single read.
 */
export function summariseReads(reads: readonly Read[], calibrated: boolean): Levels {
  const levels = reads.map((read) => read.levelDb);
  const summarised = reads.some((read) => read.summarised === true);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanDb = mean(levels);
  const squares = levels.map((level) => (level - meanDb) ** 2);
  const converters = reads.flatMap(({ converter }) => converter ?? []);
  const flags = [
    converters.some(({ clippedFraction }) => clippedFraction > CLIPPED_FRACTION) && 'clipped',
    converters.some(({ rmsLsb }) => rmsLsb < UNDERLOADED_LSB) && 'underloaded',
    converters.some(({ droppedSamples }) => droppedSamples > 0) && 'dropped',
    converters.some(({ dcInDoubt }) => dcInDoubt === true) && 'dc_offset',
    !calibrated && 'uncalibrated',
    summarised && 'summary',
  ];
  const lastDbm = levels[levels.length - 1] as number;
  // Of a summary the mean is what the receiver says it is, and nothing is known of the spread.
  const known = summarised ? [meanDb, lastDbm] : levels;
  const spread = !summarised && levels.length > 1;
  return {
    meanDbm: summarised ? meanDb : linearToDb(mean(levels.map(dbToLinear))),
    stdDb: spread ? Math.sqrt((mean(squares) * levels.length) / (levels.length - 1)) : 0,
    minDbm: Math.min(...known),
    maxDbm: Math.max(...known),
    lastDbm,
    ...(!summarised && { medianDbm: medianDb(levels) }),
    reads: levels.length,
    flags: flags.filter((flag) => flag !== false),
  };
}

/**
 * The level of the median power: of an even number of reads the mean of the two in the middle, in
 * linear power like the mean.
 */
function medianDb(levels: readonly number[]): number {
  const sorted = levels.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)] as number, sorted[Math.ceil(middle)] as number];
  return low === high ? low : linearToDb((dbToLinear(low) + dbToLinear(high)) / 2);
}
