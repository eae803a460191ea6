import { z } from 'zod';
import { number, within } from './fields.ts';
import { receiverSettingFields } from './receivers.ts';

/** Media type of a SigMF archive, which has none of its own. */
export const RECORDING_TYPE = 'application/x-tar';

// At the lowest sample rate of sdr-sampler, 16 MiB last 9.3 s.
const MAX_DURATION_MS = 10_000;

/** Body of record. */
export const recordRequestSchema = z
  .strictObject({
    duration_ms: within(0.001, MAX_DURATION_MS, 'ms').meta({
      'x-label': 'Duration',
      description: 'At most 16 MiB of samples: 4,096 ms at the default sample rate of 2.048 MHz',
    }),
    azimuth: number
      .meta({ 'x-unit': 'deg', description: 'Where the rotor moves first, with `elevation`, as in Move' })
      .optional(),
    elevation: number.meta({ 'x-unit': 'deg' }).optional(),
    center_frequency_hz: receiverSettingFields.center_frequency_hz
      .unwrap()
      .meta({ description: 'Default: that of the rotor, as for the next fields' })
      .optional(),
    bandwidth_hz: receiverSettingFields.bandwidth_hz
      .unwrap()
      .meta({ description: 'Of the channel; the recording has the whole sampled band' })
      .optional(),
    gain_db: receiverSettingFields.gain_db.unwrap().optional(),
  })
  .superRefine(checkPointing, { when: () => true })
  .meta({ id: 'RecordRequest' });
export type RecordRequest = z.input<typeof recordRequestSchema>;

// Runs even if a field is invalid, so that all problems are reported together.
function checkPointing(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const { azimuth, elevation } = input as { azimuth?: unknown; elevation?: unknown };
  if ((azimuth === undefined) === (elevation === undefined)) return;
  const missing = azimuth === undefined ? 'azimuth' : 'elevation';
  context.addIssue({
    code: 'custom',
    path: [missing],
    message: 'Required with the other one; without both, the rotor stays where it is',
  });
}
