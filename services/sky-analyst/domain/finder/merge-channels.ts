import { degToRad } from '#shared/sky/units';
import { angleBetween, vectorOf, type Vector } from './sphere.ts';

/** A source in one channel. */
export interface ChannelDetection {
  azimuthDeg: number;
  elevationDeg: number;
  snr: number;
  /** Above the background. */
  peak: number;
  /** Share of time with a signal, 0 to 1. */
  occupancy?: number | undefined;
}

/** Centre of channel 0 and the distance of two channels. */
export interface ChannelAxis {
  firstChannelHz: number;
  channelHz: number;
}

export interface ChannelRange {
  fromHz: number;
  toHz: number;
}

/** The detections of one source. */
export interface MergedSource<Detection extends ChannelDetection = ChannelDetection> {
  /** By channel; the strongest one if a channel has several at this place. */
  detections: Map<number, Detection>;
  strongest: Detection;
  ranges: ChannelRange[];
  /** Sum of the ranges. */
  bandwidthHz: number;
  /** The highest of its channels. */
  occupancy: number | undefined;
}

/** Channels without a detection that a range may contain: a signal fades, or has gaps. */
const MAX_GAP = 2;
/**
 * A detection in one channel is at a point of the grid: noise decides at which one, if the source
 * is between two. The largest distance from the strongest one, in beam widths.
 */
const SAME_PLACE = 0.75;

/**
 * Merges the sources of all channels: those at one place are one source on several channels. Two
 * signals from one place on different frequencies are one source with two ranges.
 * @param reports By channel.
 */
export function mergeChannels<Detection extends ChannelDetection>(
  reports: readonly (readonly Detection[])[],
  axis: ChannelAxis,
  beamWidthDeg: number,
): MergedSource<Detection>[] {
  const all = reports
    .flatMap((report, channel) => report.map((detection) => ({ channel, detection })))
    .sort((a, b) => b.detection.snr - a.detection.snr);
  const groups: { direction: Vector; strongest: Detection; detections: Map<number, Detection> }[] = [];
  for (const { channel, detection } of all) {
    const direction = vectorOf(detection.azimuthDeg, detection.elevationDeg);
    const distance = (group: { direction: Vector }) => angleBetween(group.direction, direction);
    const nearest = groups.reduce<(typeof groups)[number] | undefined>(
      (best, group) => (best && distance(best) <= distance(group) ? best : group),
      undefined,
    );
    if (!nearest || distance(nearest) > SAME_PLACE * degToRad(beamWidthDeg))
      groups.push({ direction, strongest: detection, detections: new Map([[channel, detection]]) });
    else if (!nearest.detections.has(channel)) nearest.detections.set(channel, detection);
  }
  return groups.map(({ strongest, detections }) => {
    const ranges = rangesOf([...detections.keys()], axis);
    const occupancies = [...detections.values()].flatMap(({ occupancy }) => occupancy ?? []);
    return {
      strongest,
      detections,
      ranges,
      bandwidthHz: ranges.reduce((sum, { fromHz, toHz }) => sum + toHz - fromHz, 0),
      occupancy: occupancies.length > 0 ? Math.max(...occupancies) : undefined,
    };
  });
}

function rangesOf(channels: readonly number[], { firstChannelHz, channelHz }: ChannelAxis): ChannelRange[] {
  const runs: { first: number; last: number }[] = [];
  for (const channel of [...channels].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && channel - run.last <= MAX_GAP + 1) run.last = channel;
    else runs.push({ first: channel, last: channel });
  }
  return runs.map(({ first, last }) => ({
    fromHz: firstChannelHz + (first - 0.5) * channelHz,
    toHz: firstChannelHz + (last + 0.5) * channelHz,
  }));
}
