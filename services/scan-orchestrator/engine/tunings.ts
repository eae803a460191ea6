import type { ReceiverSettings } from '#shared/rotor/rotor-config';

/** A tuning of a scan; the rest of the settings is that of the rotor's receiver. */
export interface Band {
  centerFrequencyHz: number;
  bandwidthHz: number;
  /** Without an offset, levels are dBFS. */
  dbmOffsetDb?: number | undefined;
}

export interface SpectrumChannels {
  /** A power of two. */
  channels: number;
}

/** How the receiver measures: its settings, and whether with a spectrum. */
export interface Tuning extends ReceiverSettings {
  spectrum?: SpectrumChannels | undefined;
}

export type Tunings = readonly [Tuning, ...Tuning[]];

/** The tunings at every point; the level of the point is that of the first one. */
export function tuningsOf(
  { bands = [], spectrum }: { bands?: readonly Band[] | undefined; spectrum?: SpectrumChannels | undefined },
  receiver: ReceiverSettings,
): Tunings {
  const [first = receiver, ...others] = bands;
  const tuning = (band: Band): Tuning => ({
    ...receiver,
    centerFrequencyHz: band.centerFrequencyHz,
    bandwidthHz: band.bandwidthHz,
    dbmOffsetDb: band.dbmOffsetDb,
    ...(spectrum && { spectrum }),
  });
  return [tuning(first), ...others.map(tuning)];
}
