import { BandOrder, type BandPlan as BandPlanMessage } from '#proto/scan_orchestrator';
import type { Band as BandMessage } from '#proto/scan_spec';
import type { SpectrumSettings } from '#proto/spectrum';
import { SkyScanError } from '#shared/base/errors';
import { MAX_BANDS, overlap } from '#shared/spectrum/bands';
import { DEFAULT_CHANNELS } from '#shared/spectrum/channel-count';
import type { BandPlan } from '../domain/band-plan.ts';
import type { Band, SpectrumChannels } from '../engine/tunings.ts';

/** The sampler checks the number. */
export function channelsFromMessage({ channels }: SpectrumSettings): SpectrumChannels {
  return { channels: channels ?? DEFAULT_CHANNELS };
}

/** Throws `invalid`. */
export function bandsFromMessage(bands: readonly BandMessage[], hasSpectrum: boolean): Band[] {
  if (bands.length > MAX_BANDS)
    throw new SkyScanError('invalid', `${bands.length} bands are more than ${MAX_BANDS}`);
  if (bands.length > 1 && !hasSpectrum)
    throw new SkyScanError('invalid', `${bands.length} bands need a spectrum, which is missing`);
  for (const { centerFrequencyHz, bandwidthHz } of bands)
    if (!(centerFrequencyHz > 0 && bandwidthHz > 0 && Number.isFinite(centerFrequencyHz + bandwidthHz)))
      throw new SkyScanError(
        'invalid',
        `a band of ${bandwidthHz} Hz at ${centerFrequencyHz} Hz needs numbers above 0 Hz`,
      );
  const both = overlap(bands);
  if (both) throw new SkyScanError('invalid', `bands ${both[0]} and ${both[1]} overlap`);
  return bands.map(({ dbmOffsetDb, ...band }) => ({
    ...band,
    ...(dbmOffsetDb !== undefined && { dbmOffsetDb }),
  }));
}

const ORDERS = {
  every_point: BandOrder.BAND_ORDER_EVERY_POINT,
  row_by_row: BandOrder.BAND_ORDER_ROW_BY_ROW,
} as const;

export function bandPlanToMessage({ order, reason, addedSeconds }: BandPlan): BandPlanMessage {
  return { order: ORDERS[order], reason, addedS: addedSeconds };
}
