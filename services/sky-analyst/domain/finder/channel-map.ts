import type { ChannelAxis, ChannelDetection } from './merge-channels.ts';
import type { MeasuredLobe } from './side-lobes.ts';

/** Spectra of points. */
export interface ChannelMap {
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  timeMs: Float64Array;
  row?: Int32Array | undefined;
  channels: number;
  /** Linear power, the channels of a point after one another. Without a level: 0 or NaN. */
  power: Float32Array;
  /** Share of time with a signal, like `power`. */
  occupancy?: Float32Array | undefined;
}

export interface ChannelSettings {
  axis: ChannelAxis;
  beamWidthDeg: number;
  /** Independent transforms in a level. */
  transforms: number;
  /** Probability of a false alarm in the whole map; 1e-4 by default: 1 % in 100 maps. */
  risk?: number | undefined;
  measuredLobes?: readonly MeasuredLobe[] | undefined;
}

/** A detection, and the point at which it is. */
export interface PointDetection extends ChannelDetection {
  point: number;
}

/** Flat levels of all channels: one column of points for each. */
export interface FlatChannels {
  levels: Float32Array;
  sigma: Float64Array;
}
