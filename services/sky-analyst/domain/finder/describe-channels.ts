import { unfittedCovariance } from './beam.ts';
import { describeSources, type Source } from './describe-sources.ts';
import type { ChannelSettings, FlatChannels, PointDetection } from './channel-map.ts';
import type { FittedSource } from './fit-group.ts';
import { addSource, fitSources } from './fit-sources.ts';
import { createMatchedFilter } from './matched-filter.ts';
import type { ChannelRange, MergedSource } from './merge-channels.ts';
import type { Points } from './points.ts';
import type { PreparedMap } from './prepared-map.ts';
import { sideLobeDb, type MeasuredLobe } from './side-lobes.ts';
import { vectorOf } from './sphere.ts';

/** A source on some channels; its peak is relative to their background, a mean of the channels. */
export interface ChannelSource extends Source {
  channels: ChannelRange[];
  bandwidthHz: number;
  occupancy: number | undefined;
}

/** Fits each source to the weighted sum of its channels. */
export function describeChannelSources(
  merged: readonly MergedSource<PointDetection>[],
  flat: FlatChannels,
  points: Points,
  { measuredLobes = [] }: ChannelSettings,
): ChannelSource[] {
  return merged.flatMap((source) => {
    const { vectors, neighbours, counts, beamWidth } = points;
    const { level, sigma } = stack(source, flat, counts.length);
    const flatSigma = counts.map((count) => sigma / Math.sqrt(count));
    const filter = createMatchedFilter(vectors, neighbours, level, flatSigma, beamWidth);
    const direction = vectorOf(source.strongest.azimuthDeg, source.strongest.elevationDeg);
    const start: FittedSource = {
      direction,
      amplitude: filter.at(direction).amplitude,
      width: beamWidth,
      widthSigma: undefined,
      covariance: unfittedCovariance(beamWidth),
    };
    // The noise of a channel rises with its level, also with that of the source.
    const model = new Float64Array(level.length);
    addSource(model, start, 1, points);
    const sigmas = model.map((value, k) => (flatSigma[k] as number) * (1 + value));
    const snrOf = ({ amplitude, direction: at }: FittedSource) => amplitude / filter.at(at).sigma;
    const fitted = fitSources({ ...points, level, sigma: sigmas }, [start], snrOf);
    // Relative levels have the background 1.
    const prepared: PreparedMap = {
      background: level.map(() => 1),
      baselineSigma: new Float64Array(level.length),
      above: level,
      sigma: sigmas,
      relativeSigma: sigma,
      noiseScale: 1,
      correlation: 1,
      ratios: level,
      filter,
      model: new Float64Array(level.length),
      sensitivity: { at: () => 1, map: () => level.map(() => 1) },
    };
    const described = describeSources(points, prepared, fitted, {
      clipped: undefined,
      interference: undefined,
    });
    const isLobe = merged.some((other) => explains(other, source, beamWidth, measuredLobes));
    return described.map((each) => ({
      ...each,
      flags: isLobe ? (['sidelobe', ...each.flags] as const).slice() : each.flags,
      channels: source.ranges,
      bandwidthHz: source.bandwidthHz,
      occupancy: source.occupancy,
    }));
  });
}

/** The mean of the channels of a source, weighted for the best signal-to-noise ratio. */
function stack(
  { detections }: MergedSource<PointDetection>,
  { levels, sigma }: FlatChannels,
  count: number,
): { level: Float64Array; sigma: number } {
  const level = new Float64Array(count);
  let [weights, variance] = [0, 0];
  for (const [channel, { peak }] of detections) {
    const weight = peak / (sigma[channel] as number) ** 2;
    weights += weight;
    variance += (weight * (sigma[channel] as number)) ** 2;
    for (let point = 0; point < count; point++)
      level[point] = (level[point] as number) + weight * (levels[channel * count + point] as number);
  }
  return { level: level.map((value) => value / weights), sigma: Math.sqrt(variance) / weights };
}

/** The other one is so much stronger on each channel that this may be its side lobe. */
function explains(
  other: MergedSource<PointDetection>,
  source: MergedSource<PointDetection>,
  beamWidth: number,
  measured: readonly MeasuredLobe[],
): boolean {
  if (other === source) return false;
  const at = ({ strongest }: MergedSource<PointDetection>) =>
    vectorOf(strongest.azimuthDeg, strongest.elevationDeg);
  const levelDb = sideLobeDb(at(source), at(other), beamWidth, measured);
  if (levelDb === undefined) return false;
  const ratio = 10 ** (levelDb / 10);
  return [...source.detections].every(([channel, { peak }]) => {
    const stronger = other.detections.get(channel);
    return stronger !== undefined && peak <= stronger.peak * ratio;
  });
}
