import type { ChannelAxis, ChannelRange } from '../finder/merge-channels.ts';
import type { Source } from '../finder/describe-sources.ts';
import type { MeasuredLobe } from '../finder/side-lobes.ts';

/** The measurements of a session: columns with one value per point. */
export interface SessionMap {
  /** The readback of each point, degrees. */
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  timeMs: Float64Array;
  /** 1: the receiver clipped. */
  clipped: Uint8Array;
  bands: BandMap[];
}

export interface BandMap {
  /** Measured frequencies, Hz. */
  fromHz: number;
  toHz: number;
  /** Linear power of the band in any unit, by point; 0: none. */
  level: Float64Array;
  /** Noise bandwidth of the level and its integration time. */
  bandwidthHz: number;
  integrationS: number;
  /** 1: interference was found in it; undefined: not searched. */
  interference?: Uint8Array | undefined;
  spectra?: BandSpectra | undefined;
}

export interface BandSpectra {
  axis: ChannelAxis;
  channels: number;
  /** Linear, the channels of a point after one another. Without a level, or not to be used: 0. */
  power: Float32Array;
  /** Share of time with a signal, like `power`; undefined: not reported. */
  occupancy: Float32Array | undefined;
  /** Independent transforms in a level. */
  transforms: number;
}

export interface SearchSettings {
  /** HPBW of the antenna; measured with the strongest source if undefined. */
  beamWidthDeg?: number | undefined;
  thresholdSigma?: number | undefined;
  gainError?: number | undefined;
  maxSources?: number | undefined;
  measuredLobes?: readonly MeasuredLobe[] | undefined;
}

/** A source with the frequencies on which it was found. */
export interface SessionSource extends Source {
  /** The whole band if the source is as strong on all of its channels, or without spectra. */
  channels: ChannelRange[];
  /** The highest of its channels; undefined: not known. */
  occupancy: number | undefined;
  /** It is on a part of the band only. */
  isNarrow: boolean;
}

export interface SessionReport {
  /** The strongest first. */
  sources: SessionSource[];
  beamWidthDeg: number;
  /** Standard deviation, if the width was measured with the strongest source. */
  beamWidthErrorDeg: number | undefined;
  /** Points with a level. */
  points: number;
  /** There were more sources than `maxSources`. */
  isTruncated: boolean;
}
