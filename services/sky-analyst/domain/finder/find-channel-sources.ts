import { SkyScanError } from '#shared/base/errors';
import { degToRad } from '#shared/sky/units';
import type { ChannelMap, ChannelSettings, FlatChannels, PointDetection } from './channel-map.ts';
import { createRowLevels, scatterOf } from './channel-levels.ts';
import { channelWeights, type ChannelWeights } from './channel-weights.ts';
import { describeChannelSources, type ChannelSource } from './describe-channels.ts';
import { mergeChannels } from './merge-channels.ts';
import { pointsOf } from './points.ts';
import { checkpoint, type Control } from './sky-map.ts';
import { pointingOf, vectorAt, vectorsOf } from './sphere.ts';
import type { Bins } from './thinning.ts';
import { detectionThreshold } from './threshold.ts';

const DEFAULT_RISK = 1e-4;
/** Independent trials per point: 2,560 in a map of 4,320 points with 2.9 points per beam width. */
const TRIALS_PER_POINT = 0.6;
/** Channels filtered at once: their values of a point are in one cache line or a few. */
const BLOCK = 32;

/**
 * Finds sources in each channel and merges them. The weights of the matched filter are those of
 * the geometry, the same for all channels; only merged sources are fitted, to the sum of their
 * channels.
 * Levels are relative to their row, so the noise is the same at all points of a channel.
 */
export function findChannelSources(
  map: ChannelMap,
  settings: ChannelSettings,
  control: Control = {},
): ChannelSource[] {
  const { channels, power } = map;
  const count = map.azimuthDeg.length;
  if (power.length !== count * channels)
    throw new SkyScanError(
      'invalid',
      `column power has ${power.length} values, ${count} points of ${channels} channels have ${count * channels}`,
    );
  const vectors = vectorsOf(map.azimuthDeg, map.elevationDeg);
  const beamWidth = degToRad(settings.beamWidthDeg);
  const { points, sweeps } = pointsOf({ vectors, timeMs: map.timeMs }, map.row, beamWidth);
  const places = points.counts.length;
  const weights = channelWeights(points);
  const limits = limitsOf(weights, channels, settings);
  const levelsOfRows = createRowLevels(sweeps.rows, beamWidth);
  const flat: FlatChannels = {
    levels: new Float32Array(places * channels),
    sigma: new Float64Array(channels),
  };
  const reports: PointDetection[][] = [];
  const column = new Float64Array(count);
  for (let first = 0; first < channels; first += BLOCK) {
    checkpoint(control, first, channels);
    const size = Math.min(BLOCK, channels - first);
    const block = new Float32Array(places * size);
    for (let k = 0; k < size; k++) {
      for (let point = 0; point < count; point++)
        column[point] = power[point * channels + first + k] as number;
      levelsOfRows.flatten(column);
      const sigma = scatterOf(column);
      flat.sigma[first + k] = sigma;
      const levels = levelsIn(column, sigma, sweeps.bins);
      flat.levels.set(levels, (first + k) * places);
      for (let place = 0; place < places; place++) block[place * size + k] = levels[place] as number;
    }
    const ratios = filterBlock(block, size, weights);
    for (let k = 0; k < size; k++)
      reports.push(detectionsIn(ratios, size, k, flat.sigma[first + k] as number, weights, limits, pointOf));
  }
  const merged = mergeChannels(reports, settings.axis, settings.beamWidthDeg);
  for (const source of merged)
    if (map.occupancy)
      source.occupancy = occupancyOf(source.detections, map.occupancy, channels, sweeps.bins);
  checkpoint(control, channels, channels);
  return describeChannelSources(merged, flat, points, settings);

  function pointOf(point: number) {
    return { point, ...pointingOf(vectorAt(points.vectors, point)) };
  }
}

/** Thresholds of the points, by the number of transforms in classes of factors of 2. */
function limitsOf(
  { transformsFactor }: ChannelWeights,
  channels: number,
  { transforms, risk = DEFAULT_RISK }: ChannelSettings,
): Float64Array {
  const trials = Math.max(1, TRIALS_PER_POINT * transformsFactor.length * channels);
  const byClass = new Map<number, number>();
  return Float64Array.from(transformsFactor, (factor) => {
    const lower = Math.floor(Math.log2(factor) + 1e-3);
    const limit = byClass.get(lower) ?? detectionThreshold(trials, transforms * 2 ** lower, risk);
    byClass.set(lower, limit);
    return limit;
  });
}

/** The usable values of a channel, 0 for others; their means in the bins of a dense map. */
function levelsIn(column: Float64Array, sigma: number, bins: Bins | undefined): Float64Array {
  const isUsable = (value: number) => sigma > 0 && value > -1;
  if (!bins) return column.map((value) => (isUsable(value) ? value : 0));
  const sums = new Float64Array(bins.counts.length);
  const used = new Float64Array(bins.counts.length);
  bins.binOf.forEach((bin, point) => {
    const value = column[point] as number;
    if (!isUsable(value)) return;
    sums[bin] = (sums[bin] as number) + value;
    used[bin] = (used[bin] as number) + 1;
  });
  return sums.map((sum, bin) => sum / Math.max(1, used[bin] as number));
}

function filterBlock(block: Float32Array, size: number, weights: ChannelWeights): Float32Array {
  const ratios = new Float32Array(block.length);
  const sums = new Float64Array(size);
  for (let point = 0; point < block.length / size; point++) {
    sums.fill(0);
    const count = weights.near(point);
    const { index, weight } = weights;
    for (let n = 0; n < count; n++) {
      const factor = weight[n] as number;
      const from = (index[n] as number) * size;
      for (let k = 0; k < size; k++) sums[k] = (sums[k] as number) + factor * (block[from + k] as number);
    }
    ratios.set(sums, point * size);
  }
  return ratios;
}

function detectionsIn(
  ratios: Float32Array,
  size: number,
  channel: number,
  sigma: number,
  weights: ChannelWeights,
  limits: Float64Array,
  pointOf: (point: number) => { point: number; azimuthDeg: number; elevationDeg: number },
): PointDetection[] {
  if (!(sigma > 0)) return [];
  const values = Float64Array.from(limits, (_, point) => ratios[point * size + channel] as number);
  // Structure that is wider than the beam raises the scatter.
  const scatter = Math.max(sigma, scatterOf(values));
  // The highest point within the reach of the filter: the fit separates what is nearer.
  const found: PointDetection[] = [];
  for (let point = 0; point < limits.length; point++) {
    const value = values[point] as number;
    if (value < (limits[point] as number) * scatter) continue;
    let isPeak = true;
    const count = weights.near(point);
    for (let n = 0; isPeak && n < count; n++) {
      const other = weights.index[n] as number;
      if (other !== point && (values[other] as number) >= value) isPeak = false;
    }
    if (isPeak)
      found.push({
        ...pointOf(point),
        snr: value / scatter,
        peak: value * (weights.peakPerValue[point] as number),
      });
  }
  return found;
}

function occupancyOf(
  detections: ReadonlyMap<number, PointDetection>,
  occupancy: Float32Array,
  channels: number,
  bins: Bins | undefined,
): number {
  let highest = 0;
  for (const [channel, { point }] of detections) {
    const measured = bins ? bins.members.subarray(bins.starts[point], bins.starts[point + 1]) : [point];
    for (const each of measured) highest = Math.max(highest, occupancy[each * channels + channel] as number);
  }
  return highest;
}
