import type { Pointing } from '#shared/sky/pointing';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import { dbToLinear, linearToDb } from '#shared/sky/units';

/** One RSSI value of a receiver. */
export interface Read {
  /** dBm when calibrated, else dBFS. */
  levelDb: number;
  /**
   * The receiver reports only the mean and the last of its reads; single levels have no meaning.
   */
  summarised?: boolean;
  /** State of the converter; absent when the receiver does not report it. */
  converter?: {
    /** Share of I and Q values at either end of the converter, 0 to 1. */
    clippedFraction: number;
    rmsLsb: number;
    droppedSamples: number;
    /** A carrier may be hidden by the tuner's DC offset; absent: no. */
    dcInDoubt?: boolean;
  };
}

/** Statistics of a cell's reads. Levels are dBm when calibrated, otherwise dBFS. */
export interface ReadStatistics {
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

/** A measurement at the reference pointing. */
export interface ReferenceMeasurement extends Pick<ReadStatistics, 'meanDbm' | 'stdDb' | 'reads' | 'flags'> {
  readback: Pointing;
  /** Unix time of the last read. */
  measuredAtMs: number;
}

/** A measured cell. */
export interface MeasuredPoint extends ReadStatistics {
  /** 1 for the first point of a session, without gaps. */
  seq: number;
  row: number;
  column: number;
  setpoint: Pointing;
  readback: Pointing;
  integrationMs: number;
  /** Unix time of the last read. */
  measuredAtMs: number;
  /** The reference measurement, if it was made just before. */
  reference?: ReferenceMeasurement | undefined;
  /** One per band; absent in a scan without spectra. */
  spectra?: readonly PointSpectrum[];
}

/** A spectrum that is being computed. */
export interface PendingSpectrum extends Pick<PointSpectrum, 'band'> {
  computed: Promise<PointSpectrum>;
}

/** A measured cell that is not in the journal yet. */
export interface PendingPoint extends Omit<MeasuredPoint, 'spectra'> {
  spectra?: readonly (PointSpectrum | PendingSpectrum)[];
}

// 8-bit samples: an RTL-SDR is linear from 2 LSB rms until more than 0.1 % of its samples clip.
const CLIPPED_FRACTION = 0.001;
const UNDERLOADED_LSB = 2;

/**
 * Statistics of at least one read. The mean is computed in linear power: a mean of decibels is 2.5
 * dB too low on noise. The standard deviation is the sample deviation of the reads in dB, 0 for a
 * single read.
 */
export function summariseReads(reads: readonly Read[], calibrated: boolean): ReadStatistics {
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
  // For a summary, the reported mean is used as it is and the spread is unknown.
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

/** The median of the power: for an even number of reads, the linear mean of the two middle ones. */
function medianDb(levels: readonly number[]): number {
  const sorted = levels.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)] as number, sorted[Math.ceil(middle)] as number];
  return low === high ? low : linearToDb((dbToLinear(low) + dbToLinear(high)) / 2);
}
