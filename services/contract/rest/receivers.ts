import { z } from 'zod';
import { integerWithin, within, withUnit, yesNo } from './fields.ts';

/** Receiver settings of rotors and calibrations. */
export const receiverSettingFields = {
  center_frequency_hz: within(1, 100e9, 'Hz').meta({ 'x-label': 'Center frequency' }).default(1_420_000_000),
  bandwidth_hz: within(1, 100e6, 'Hz').meta({ 'x-label': 'Bandwidth' }).default(2_000_000),
  gain_db: within(-100, 200, 'dB').meta({ 'x-label': 'Gain' }).default(29.7),
  read_ms: within(0.01, 60_000, 'ms')
    .meta({ 'x-label': 'Read time' })
    .default(10)
    .meta({ description: 'Integration time of one RSSI read' }),
  frequency_correction_ppm: within(-1_000, 1_000, 'ppm')
    .meta({ 'x-label': 'Frequency correction' })
    .default(0),
  bias_tee: yesNo
    .meta({ 'x-label': 'Bias tee' })
    .default(false)
    .meta({ description: 'Powers an amplifier at the antenna' }),
};

// The client waits for the response.
const MAX_DURATION_S = 120;

/** Body of calibrate. */
export const calibrationRequestSchema = z
  .strictObject({
    level_dbm: within(-200, 50, 'dBm').meta({
      'x-label': 'Input level',
      description: 'Level of the signal at the input',
    }),
    ...receiverSettingFields,
    gain_db: receiverSettingFields.gain_db.unwrap(),
    reads: withUnit(integerWithin(10, 1_000), 'reads').meta({ 'x-label': 'Reads' }).default(100),
  })
  .superRefine(checkDuration, { when: () => true })
  .meta({ id: 'CalibrationRequest' });
export type CalibrationRequest = z.input<typeof calibrationRequestSchema>;

/** dBm = dBFS + dbm_offset_db. */
export const calibrationSchema = z
  .object({
    id: z.int(),
    site_id: z.int(),
    receiver: z.string(),
    center_frequency_hz: z.number(),
    bandwidth_hz: z.number(),
    gain_db: z.number().meta({ description: 'Actual gain of the tuner' }),
    dbm_offset_db: z.number(),
    level_dbm: z.number(),
    measured_dbfs: z.number(),
    std_db: z.number().meta({ description: 'Standard deviation of the reads' }),
    reads: z.int(),
    read_ms: z.number(),
    tuning_version: z.int().meta({
      description: 'How the tuner was tuned to the channel. 1: to its centre (until 0.1.0); 2: beside it',
    }),
    outdated: z
      .boolean()
      .meta({ description: 'true: made with another tuning_version and not used; calibrate again' }),
    calibrated_at: z.string().meta({ description: 'UTC with Z' }),
  })
  .meta({ id: 'Calibration' });
export type Calibration = z.infer<typeof calibrationSchema>;

export const receiverSchema = z
  .object({
    site_id: z.int(),
    name: z.string(),
    connected: z.boolean(),
    tuner: z.string().nullable(),
    gains_db: z.array(z.number()),
    sample_rate_hz: z.number().nullable(),
    trouble: z
      .string()
      .nullable()
      .meta({ description: 'Why it is not connected, or a problem of a connected receiver' }),
    calibrations: z
      .array(calibrationSchema)
      .meta({ description: 'The newest calibration for each frequency, bandwidth and gain' }),
  })
  .meta({ id: 'Receiver' });
export type Receiver = z.infer<typeof receiverSchema>;

// Runs even if a field is invalid, so that all problems are reported together.
function checkDuration(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const { reads, read_ms } = input as { reads?: unknown; read_ms?: unknown };
  if (typeof reads !== 'number' || typeof read_ms !== 'number' || (reads * read_ms) / 1000 <= MAX_DURATION_S)
    return;
  const message = `${reads} reads of ${read_ms} ms take longer than ${MAX_DURATION_S} s`;
  context.addIssue({ code: 'custom', path: ['reads'], message });
}
