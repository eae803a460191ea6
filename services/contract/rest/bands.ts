import { z } from 'zod';
import { MAX_BANDS, overlap } from '#shared/spectrum/bands';
import { DEFAULT_CHANNELS, MAX_CHANNELS, MIN_CHANNELS, isPowerOfTwo } from '#shared/spectrum/channel-count';
import { integer, withoutDefaults, withUnit } from './fields.ts';
import { receiverSettingFields } from './receivers.ts';

const { center_frequency_hz, bandwidth_hz } = withoutDefaults(receiverSettingFields);

/** A tuning of the receiver. */
export const bandSchema = z.strictObject({ center_frequency_hz, bandwidth_hz }).meta({
  id: 'Band',
  description: 'A tuning of the receiver',
});

export const bandsSchema = z
  .array(bandSchema)
  .min(1, 'Must have at least 1 band')
  .max(MAX_BANDS, `Must have at most ${MAX_BANDS} bands`)
  .superRefine((bands, context) => {
    const both = overlap(bands.map(frequenciesOf));
    if (!both) return;
    const [lower, upper] = both;
    context.addIssue({
      code: 'custom',
      path: [upper],
      message: `Must not overlap with bands.${lower}, which covers ${rangeOf(bands[lower])}: covers ${rangeOf(bands[upper])}`,
    });
  });

const channelsMessage = `Must be a power of two in ${MIN_CHANNELS}..${MAX_CHANNELS} channels`;

export const spectrumRequestSchema = z
  .strictObject({
    channels: withUnit(
      integer
        .min(MIN_CHANNELS, { message: channelsMessage, abort: true })
        .max(MAX_CHANNELS, { message: channelsMessage, abort: true })
        .refine(isPowerOfTwo, channelsMessage),
      'channels',
    )
      .default(DEFAULT_CHANNELS)
      .meta({
        'x-label': 'Channels',
        description: 'Number of channels of equal width into which the sampled band is divided',
      }),
  })
  .meta({ id: 'SpectrumRequest', description: 'A spectrum at every point' });

export const bandPlanSchema = z
  .object({
    order: z.enum(['every_point', 'row_by_row']).meta({
      description:
        'every_point: the receiver steps through the bands at every point. row_by_row: each row is swept once per band',
    }),
    reason: z.string(),
    added_s: z.number().meta({
      description: 'The part of the expected duration that all bands but the first take',
    }),
  })
  .nullable()
  .meta({ id: 'BandPlan', description: 'How the bands are measured; null for a single one, or unknown' });

export type BandPlan = z.infer<typeof bandPlanSchema>;
export type ApiBand = z.infer<typeof bandSchema>;

function frequenciesOf(band: ApiBand) {
  return { centerFrequencyHz: band.center_frequency_hz, bandwidthHz: band.bandwidth_hz };
}

function rangeOf(band: ApiBand | undefined): string {
  if (!band) return '';
  const half = band.bandwidth_hz / 2;
  return `${band.center_frequency_hz - half}..${band.center_frequency_hz + half} Hz`;
}
