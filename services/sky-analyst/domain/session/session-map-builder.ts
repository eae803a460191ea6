import { SkyScanError } from '#shared/base/errors';
import type { ChannelBand } from '#shared/spectrum/channels';
import { medianOf } from '#shared/spectrum/median';
import { OCCUPANCY, POWER, requireSizes, valuesOfCodes } from '../codes.ts';
import { excludedChannels } from '../excluded-channels.ts';
import type { BandMap, SessionMap } from './session-map.ts';

/** A point before its bands are known. */
export interface PointColumns {
  azimuthDeg: Float64Array;
  elevationDeg: Float64Array;
  timeMs: Float64Array;
  /** Linear power; 0: none. */
  level: Float64Array;
  clipped: Uint8Array;
}

export interface BandSettings {
  /** Undefined: without spectra; the levels are those of the points. */
  band: ChannelBand | undefined;
  /** Measured frequencies. */
  fromHz: number;
  toHz: number;
  /** Of a read. */
  integrationS: number;
  /** 1 by point: it has interference in this band; empty: not searched. */
  interference: Uint8Array;
}

/** Spectra of consecutive points as codes (PointSpectrum). */
export interface SpectraCodes {
  mean: Int16Array;
  /** Undefined: not reported. */
  occupancy: Int16Array | undefined;
  /** Independent transforms of each point; 0: it has no spectrum. */
  transforms: ArrayLike<number>;
}

/**
 * Values in memory, of 4 bytes each: with more, neighbouring channels are combined. The search
 * takes about three times as much.
 */
const MAX_VALUES = 2 ** 24;

/** Collects the measurements of a session. Throws `invalid` for columns that do not fit. */
export interface SessionMapBuilder {
  startBand(settings: BandSettings): void;
  pushSpectra(codes: SpectraCodes): void;
  finish(): SessionMap;
}

export function createSessionMapBuilder(points: PointColumns, maxValues = MAX_VALUES): SessionMapBuilder {
  const { azimuthDeg, elevationDeg, timeMs, clipped } = points;
  const bands: BandMap[] = [];
  let open: OpenBand | undefined;
  const closeBand = () => {
    if (open) bands.push(open.finish());
    open = undefined;
  };
  return {
    startBand(settings) {
      closeBand();
      open = settings.band
        ? createBand(settings, settings.band, timeMs.length, maxValues)
        : { push: undefined, finish: () => withoutSpectra(settings, points.level) };
    },
    pushSpectra(codes) {
      if (!open?.push) throw new SkyScanError('invalid', 'spectra must follow a band with channels');
      open.push(codes);
    },
    finish() {
      closeBand();
      if (bands.length === 0) throw new SkyScanError('invalid', 'at least one band is needed');
      return { azimuthDeg, elevationDeg, timeMs, clipped, bands };
    },
  };
}

interface OpenBand {
  push: ((codes: SpectraCodes) => void) | undefined;
  finish(): BandMap;
}

function withoutSpectra(settings: BandSettings, level: Float64Array): BandMap {
  const { fromHz, toHz, integrationS } = settings;
  return {
    fromHz,
    toHz,
    level,
    bandwidthHz: toHz - fromHz,
    integrationS,
    interference: interferenceOf(settings, level.length),
  };
}

function createBand(settings: BandSettings, band: ChannelBand, points: number, maxValues: number): OpenBand {
  const channels = band.flags.length;
  const excluded = excludedChannels(band, settings);
  const usedCount = excluded.filter((bit) => bit === 0).length;
  if (usedCount === 0)
    throw new SkyScanError(
      'invalid',
      `no channel of the band is in ${settings.fromHz}..${settings.toHz} Hz and free of distortion`,
    );
  const group = groupOf(points * channels, maxValues);
  const groups = Math.ceil(channels / group);
  const power = sharedColumn(points * groups);
  let occupancy: Float32Array | undefined;
  const level = new Float64Array(points);
  const transforms = new Float64Array(points);
  let next = 0;
  return {
    push(codes) {
      const count = codes.transforms.length;
      requireSizes({ mean: codes.mean, occupancy: codes.occupancy }, count, channels);
      if (next + count > points)
        throw new SkyScanError('invalid', `${next + count} spectra are more than ${points} points`);
      const powers = valuesOfCodes(POWER, codes.mean);
      const shares = codes.occupancy && valuesOfCodes(OCCUPANCY, codes.occupancy);
      if (shares) occupancy ??= sharedColumn(points * groups);
      for (let point = 0; point < count; point++) {
        const to = (next + point) * groups;
        let sum = 0;
        for (let channel = 0, from = point * channels; channel < channels; channel++, from++) {
          const value = powers[from] as number;
          // Not known, or without a spectrum.
          if (excluded[channel] !== 0 || !(value > 0)) continue;
          const at = to + Math.floor(channel / group);
          power[at] = (power[at] as number) + value;
          sum += value;
          if (occupancy && shares) occupancy[at] = Math.max(occupancy[at] as number, shares[from] as number);
        }
        level[next + point] = sum;
        transforms[next + point] = codes.transforms[point] as number;
      }
      next += count;
    },
    finish() {
      const measured = transforms.filter((count) => count > 0);
      const typical = measured.length > 0 ? medianOf(measured) : 1;
      const { firstChannelHz, channelHz } = band;
      return {
        fromHz: settings.fromHz,
        toHz: settings.toHz,
        level,
        bandwidthHz: usedCount * channelHz,
        integrationS: typical / channelHz,
        interference: interferenceOf(settings, points),
        spectra: {
          axis: {
            firstChannelHz: firstChannelHz + ((group - 1) / 2) * channelHz,
            channelHz: group * channelHz,
          },
          channels: groups,
          power,
          occupancy,
          transforms: typical * group,
        },
      };
    },
  };
}

/** A thread reads it without a copy. */
function sharedColumn(values: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * values));
}

/** Channels that are combined: a power of two. */
function groupOf(values: number, maxValues: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(values / maxValues)));
}

function interferenceOf({ interference }: BandSettings, points: number): Uint8Array | undefined {
  if (interference.length === 0) return undefined;
  if (interference.length === points) return interference;
  throw new SkyScanError('invalid', `interference has ${interference.length} values for ${points} points`);
}
