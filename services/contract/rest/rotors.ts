import { isIP } from 'node:net';
import { z } from 'zod';
import { LOCAL_SITE } from '#shared/base/site-name';
import { ZENITH_DEG } from '#shared/sky/pointing';
import { DEFAULT_RECEIVER, RECEIVER_NAME } from '#shared/rotor/rotor-config';
import { horizonSchema, keepOutsSchema, parkProblem } from './obstacles.ts';
import { integerWithin, number, text, within, withUnit, withoutDefaults, yesNo } from './fields.ts';
import { receiverSettingFields } from './receivers.ts';
import { siteIdField } from './sites.ts';

// A DNS name: letters, digits, hyphens inside labels. Nothing that a shell or an option parser
// could interpret.
const HOST_NAME =
  /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

const positive = (max: number, unit: string) =>
  withUnit(number.gt(0, 'Must be greater than 0').max(max, `Must be at most ${max} ${unit}`), unit);

const shortText = (maxLength: number) =>
  text.min(1, 'Must not be empty').max(maxLength, `Must have at most ${maxLength} characters`);

/** Fields of a rotor; all except the name have defaults. Forms show `x-label`. */
const fields = {
  name: shortText(100).meta({ 'x-label': 'Name' }),
  rotor_type: shortText(40).meta({ 'x-label': 'Type' }).default('azel'),
  host: text
    .refine((host) => isIP(host) !== 0 || HOST_NAME.test(host), {
      message: 'Must be a host name or an IP address',
    })
    .meta({ 'x-label': 'Host of rotctld' })
    .default('127.0.0.1')
    .meta({ description: 'Host of rotctld' }),
  port: integerWithin(1, 65_535).meta({ 'x-label': 'Port of rotctld' }).default(4533),
  min_elevation: within(-90, 90, 'deg').meta({ 'x-label': 'Lowest elevation' }).default(5),
  max_elevation: within(-90, 180, 'deg').meta({ 'x-label': 'Highest elevation' }).default(90).meta({
    description:
      'Above 90, of a mount that turns over: at elevation E beyond the zenith, its beam is at azimuth + 180 and elevation 180 - E. Scans use that with `frame` only',
  }),
  az_min: within(-540, 900, 'deg')
    .meta({ 'x-label': 'Lowest azimuth' })
    .default(-180)
    .meta({ description: 'Unwrapped travel: 0 and 360 are different cable positions' }),
  az_max: within(-540, 900, 'deg').meta({ 'x-label': 'Highest azimuth' }).default(450),
  trust_limits: yesNo.meta({ 'x-label': 'Trust the limits that rotctld reports' }).default(true).meta({
    description:
      'Whether the limits that rotctld reports apply in addition to these. Set it to false with the rotctld options `-o`, `-O` and `south_zero`, which make the reported limits wrong',
  }),
  avoid_sun: yesNo.meta({ 'x-label': 'Keep away from the Sun' }).default(true).meta({
    description:
      'Whether all moves keep a distance of `SUN_KEEP_OUT_DEG` (a variable of scan-orchestrator and rotor-driver) from the Sun',
  }),
  park_az: within(-540, 900, 'deg').meta({ 'x-label': 'Park azimuth' }).default(0),
  park_el: within(-90, 180, 'deg').meta({ 'x-label': 'Park elevation' }).default(0).meta({
    description: 'May be below min_elevation and the horizon mask; above 90, at most max_elevation',
  }),
  park_after_scan: yesNo.meta({ 'x-label': 'Park after each scan' }).default(false),
  horizon: horizonSchema.default([]),
  keep_out: keepOutsSchema.default([]),
  tolerance_deg: positive(45, 'deg').meta({ 'x-label': 'Tolerance' }).default(1),
  settle_ms: within(0, 60_000, 'ms').meta({ 'x-label': 'Settle time' }).default(200),
  az_speed_deg_s: positive(360, 'deg/s').meta({ 'x-label': 'Azimuth speed' }).default(6),
  el_speed_deg_s: positive(360, 'deg/s').meta({ 'x-label': 'Elevation speed' }).default(3),
  az_acceleration_deg_s2: positive(3_600, 'deg/s2').meta({ 'x-label': 'Azimuth acceleration' }).default(20),
  el_acceleration_deg_s2: positive(3_600, 'deg/s2').meta({ 'x-label': 'Elevation acceleration' }).default(9),
  site_id: siteIdField
    .meta({ 'x-label': 'Site ID' })
    .default(LOCAL_SITE.id)
    .meta({ description: 'The site whose services drive it; 1: the local one' }),
  site: shortText(100).meta({ 'x-label': 'Site' }).default('default'),
  rssi_source: z
    .enum(['sdr', 'rotctld', 'none'], { error: 'Must be sdr, rotctld or none' })
    .meta({ 'x-label': 'RSSI source' })
    .default('sdr'),
  ...receiverSettingFields,
  beam_width_deg: positive(180, 'deg')
    .meta({ 'x-label': 'Beam width (HPBW)' })
    .nullable()
    .default(null)
    .meta({
      description:
        'Half-power beam width of the antenna; null: unknown. If set, a preview warns of a step that is too wide for the beam. While a measured beam is stored, it is that of the beam',
    }),
  dbm_offset_db: within(-500, 500, 'dB').meta({ 'x-label': 'dBm offset' }).nullable().default(null).meta({
    description:
      'null: from the newest matching calibration of the receiver; without one, levels are in dBFS',
  }),
  receiver: text
    .regex(RECEIVER_NAME, 'Must be 1 to 32 of A-Z a-z 0-9 _ -')
    .meta({ 'x-label': 'Receiver' })
    .default(DEFAULT_RECEIVER)
    .meta({ description: 'Name of a receiver of sdr-sampler (`RECEIVERS`)' }),
};

/** Widths of the stored beam of a rotor. */
const beamWidthsSchema = z
  .object({
    azimuth_deg: z.number().meta({ description: 'In the plane of the horizon' }),
    elevation_deg: z.number(),
    frequency_hz: z.number().meta({
      description: 'At which they were measured; at another one they are proportional to the wavelength',
    }),
  })
  .meta({ id: 'BeamWidths' });
export type BeamWidths = z.infer<typeof beamWidthsSchema>;

/** Body of POST. */
export const newRotorSchema = z
  .strictObject(fields)
  .superRefine(checkTravel, { when: () => true })
  .meta({ id: 'NewRotor' });
export type NewRotor = z.input<typeof newRotorSchema>;

/** Body of PUT: any of the fields. `newRotorSchema` checks the merged rotor. */
export const rotorChangeSchema = z
  .strictObject(withoutDefaults(fields))
  .partial()
  .meta({ id: 'RotorChange' });
export type RotorChange = z.input<typeof rotorChangeSchema>;

export const rotorSchema = z
  .object({
    id: z.int(),
    ...withoutDefaults(fields),
    beam: beamWidthsSchema.nullable().meta({
      description:
        'Half-power widths of the stored beam (GET /api/rotors/{rotor_id}/beam); null: none is stored. Read-only',
    }),
    created_at: z.string().meta({ description: 'UTC with Z' }),
  })
  .meta({ id: 'Rotor' });
export type Rotor = z.infer<typeof rotorSchema>;

/** Body of move. */
export const moveSchema = z.strictObject({ azimuth: number, elevation: number }).meta({
  id: 'Move',
  description:
    'Degrees, azimuth unwrapped; inside the limits of the rotor, with the beam above its horizon mask and outside its keep-out sectors',
});
export type Move = z.input<typeof moveSchema>;

/** Body of turn. */
export const setTurnSchema = z.strictObject({ turn: z.int().min(-2).max(2) }).meta({
  id: 'SetTurn',
  description: 'Cable turn: azimuth = reported azimuth + 360 * turn',
});

/** Response of turn. */
export const turnSchema = z
  .object({
    turn: z.int(),
    known: z.boolean().meta({
      description: 'false: the travel allows several turns, and the actual one is unknown',
    }),
    possible: z.array(z.int()).meta({ description: 'The turns that the travel allows' }),
    azimuth: z.number().meta({ description: 'Degrees, unwrapped: reported_azimuth + 360 * turn' }),
    reported_azimuth: z.number().meta({ description: 'Degrees, as the controller reports it' }),
  })
  .meta({ id: 'Turn' });
export type Turn = z.infer<typeof turnSchema>;

const reportedLimitsSchema = z
  .object({ az_min: z.number(), az_max: z.number(), el_min: z.number(), el_max: z.number() })
  .meta({ description: 'Degrees, as rotctld reports them; null: not reported' });

/** All fields except `connected`, `reason` and `attempts` exist only if it is connected. */
export const rotorTestSchema = z
  .object({
    connected: z.boolean(),
    reason: z.string().optional().meta({ description: 'Why it is not connected' }),
    attempts: z
      .array(z.string())
      .optional()
      .meta({ description: 'Commands sent to identify rotctld, with their results' }),
    remarks: z
      .array(z.string())
      .optional()
      .meta({ description: 'Problems of its settings; absent if there are none' }),
    model: z.string().optional(),
    dialect: z.enum(['hamlib', 'plain', 'birdcage']).optional(),
    limits: reportedLimitsSchema.nullable().optional(),
    trust_limits: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the reported limits apply; a field of the rotor' }),
    resolution_deg: z
      .number()
      .nullable()
      .optional()
      .meta({ description: 'Step of the readback, degrees; null: not known yet' }),
  })
  .meta({ id: 'RotorTest' });
export type RotorTest = z.infer<typeof rotorTestSchema>;

export const positionSchema = z
  .object({ azimuth: z.number(), elevation: z.number(), rotor_name: z.string(), timestamp: z.string() })
  .meta({ id: 'RotorPosition' });

export const rotorActionSchema = z
  .object({
    status: z.enum(['moving', 'stopped', 'parking']),
    rotor_id: z.int(),
    azimuth: z.number().optional(),
    elevation: z.number().optional(),
  })
  .meta({ id: 'RotorAction' });

// Runs even if a field is invalid, so that all problems are reported together.
function checkTravel(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const rotor = input as Partial<Record<keyof typeof fields, unknown>>;
  const addIssue = (field: string, message: string) => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  const { min_elevation, max_elevation, az_min, az_max } = rotor;
  if (isNumber(min_elevation) && isNumber(max_elevation) && min_elevation >= max_elevation)
    addIssue('max_elevation', 'Must be above min_elevation');
  const { park_el } = rotor;
  if (isNumber(park_el) && isNumber(max_elevation) && park_el > Math.max(ZENITH_DEG, max_elevation))
    addIssue('park_el', 'Must be at most max_elevation beyond the zenith (90 deg)');
  if (isNumber(az_min) && isNumber(az_max)) {
    if (az_min >= az_max) addIssue('az_max', 'Must be above az_min');
    else if (az_max - az_min > 900) addIssue('az_max', 'Must be at most 900 deg above az_min');
    else if (isNumber(rotor.park_az) && (rotor.park_az < az_min || rotor.park_az > az_max))
      addIssue('park_az', 'Must be inside az_min..az_max');
  }
  const problem = parkProblem(rotor);
  if (problem !== undefined) addIssue('park_az', problem);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
