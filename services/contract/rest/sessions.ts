import { z } from 'zod';
import {
  GRID_KINDS,
  MAX_GRID_POINTS,
  azimuthSpanDeg,
  gridShape,
  isLattice,
  type GridKind,
} from '#shared/sky/grid-shape';
import { measurementSchema } from '../measurement.ts';
import { dataPointSchema, sessionStatusSchema } from '../mqtt-messages.ts';
import { SCAN_MODES } from '../scan-modes.ts';
import { bandPlanSchema, bandsSchema, spectrumRequestSchema } from './bands.ts';
import { frameSchema } from './frames.ts';
import { refineRangeSchema, refineSchema } from './refine.ts';
import { integer, integerWithin, text, within, withUnit } from './fields.ts';

const referenceSchema = z
  .strictObject({
    azimuth: within(-180, 540, 'deg').meta({ 'x-label': 'Reference azimuth' }),
    elevation: within(-90, 90, 'deg').meta({ 'x-label': 'Reference elevation' }),
    every_min: within(1, 1_440, 'min').meta({ 'x-label': 'Interval' }).default(10),
  })
  .meta({
    id: 'ReferencePointing',
    description:
      'A pointing with a constant level. It is measured before the first point, every every_min minutes and before the last point',
  });

/** Body of start and preview. */
export const scanRequestSchema = z
  .strictObject({
    rotor_id: integer
      .min(1, 'Must be at least 1')
      .meta({ 'x-label': 'Rotor', description: 'ID of the rotor configuration to use' }),
    az_start: within(-180, 540, 'deg')
      .default(0)
      .meta({ 'x-label': 'Azimuth from', description: 'Starting azimuth in degrees' }),
    az_end: within(-180, 540, 'deg').default(360).meta({
      'x-label': 'Azimuth to',
      description: 'Ending azimuth in degrees; if smaller than az_start, the sector passes through north',
    }),
    el_start: within(-90, 90, 'deg').default(18).meta({
      'x-label': 'Elevation from',
      description: 'Starting elevation in degrees',
    }),
    el_end: within(-90, 90, 'deg').default(65).meta({
      'x-label': 'Elevation to',
      description: 'Ending elevation in degrees',
    }),
    step_deg: within(0.01, 360, 'deg')
      .default(2)
      .meta({ 'x-label': 'Step', description: 'Angular step between grid points in degrees' }),
    rssi_iterations: withUnit(integerWithin(1, 1000), 'reads')
      .default(10)
      .meta({ 'x-label': 'Reads per point', description: 'Number of RSSI samples to average at each point' }),
    grid: z
      .enum(GRID_KINDS, { error: `Must be ${GRID_KINDS.slice(0, -1).join(', ')} or ${GRID_KINDS.at(-1)}` })
      .default('rectangular')
      .meta({
        'x-label': 'Grid type',
        description:
          'rectangular: the same azimuth step in every row. equal_area: the azimuth step of a row is step_deg / cos(elevation), ' +
          'so that all points cover the same solid angle; rows have fewer points towards the zenith. With a frame also: cross, ' +
          'two lines with one axis turning each; principal_cuts, great circles through the source in the planes of the antenna; ' +
          'spiral, from the source to the nearest edge',
      }),
    frame: frameSchema.nullable().optional(),
    scan_mode: z
      .enum(SCAN_MODES, { error: `Must be ${SCAN_MODES.join(' or ')}` })
      .default('step')
      .meta({
        'x-label': 'Scan mode',
        description:
          'step: the rotor stops at every point. on_the_fly: the receiver measures while the rotor sweeps a row, and each read belongs ' +
          'to the point at which it was taken; rssi_iterations is then the minimum number of reads',
      }),
    reference: referenceSchema.nullable().optional(),
    spectrum: spectrumRequestSchema.nullable().optional(),
    bands: bandsSchema.nullable().optional().meta({
      'x-label': 'Bands',
      description:
        'The receiver measures these bands at every point, instead of that of the rotor. They must not overlap; several need spectrum. The level of a point is that of the first band',
    }),
    refine: refineSchema.nullable().optional(),
    notes: text
      .max(2000, 'Must have at most 2000 characters')
      .meta({ 'x-label': 'Notes' })
      .nullable()
      .optional(),
  })
  .superRefine(checkGrid, { when: () => true })
  .superRefine(checkFrame, { when: () => true })
  .superRefine(({ spectrum, bands }, context) => {
    if (spectrum || !bands || bands.length < 2) return;
    const message = `Must be set with ${bands.length} bands: only spectra contain the bands after the first one`;
    context.addIssue({ code: 'custom', path: ['spectrum'], message });
  })
  .meta({ id: 'ScanRequest' });
export type ReferencePointing = z.infer<typeof referenceSchema>;
export type ScanRequest = z.infer<typeof scanRequestSchema>;
/** The same before defaults are filled in. */
export type ScanRequestBody = z.input<typeof scanRequestSchema>;

type GridFields = Partial<
  Record<'grid' | 'az_start' | 'az_end' | 'el_start' | 'el_end' | 'step_deg', unknown>
>;

// Runs even if a field is invalid, so that all problems are reported together; checks only valid
// fields.
function checkGrid(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const { grid, az_start, az_end, el_start, el_end, step_deg } = input as GridFields;
  const addIssue = (field: string, message: string) => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  const azimuths = isWithin(az_start, -180, 540) && isWithin(az_end, -180, 540);
  const elevations = isWithin(el_start, -90, 90) && isWithin(el_end, -90, 90);
  const spanOk = azimuths && azimuthSpanDeg({ azStartDeg: az_start, azEndDeg: az_end }) <= 360;
  if (azimuths && !spanOk) addIssue('az_end', 'Must be at most 360 deg from az_start');
  if (elevations && el_start > el_end) addIssue('el_end', 'Must not be below el_start');
  else if (isGrid(grid) && spanOk && elevations && isWithin(step_deg, 0.01, 360)) {
    const { totalPoints } = gridShape({
      kind: grid,
      azStartDeg: az_start,
      azEndDeg: az_end,
      elStartDeg: el_start,
      elEndDeg: el_end,
      stepDeg: step_deg,
    });
    if (totalPoints > MAX_GRID_POINTS)
      addIssue('step_deg', `Makes ${totalPoints} points; at most ${MAX_GRID_POINTS} are allowed`);
  }
}

type FrameFields = GridFields & Partial<Record<'frame' | 'scan_mode' | 'refine', unknown>>;

/** What a scan around a source needs, and what only such a scan may have. */
function checkFrame(input: unknown, context: z.RefinementCtx): void {
  if (typeof input !== 'object' || input === null) return;
  const { frame, grid, az_start, az_end, scan_mode, refine } = input as FrameFields;
  const addIssue = (field: string, message: string) => {
    context.addIssue({ code: 'custom', path: [field], message });
  };
  if (frame === undefined || frame === null) {
    if (isGrid(grid) && !isLattice(grid)) addIssue('grid', `${grid} needs a frame`);
    return;
  }
  for (const [field, value] of Object.entries({ az_start, az_end }))
    if (typeof value === 'number' && Math.abs(value) > 180)
      addIssue(field, 'Must be in -180..180 deg with a frame: it is an offset from the source');
  if (typeof az_start === 'number' && typeof az_end === 'number' && az_end < az_start)
    addIssue('az_end', 'Must not be below az_start with a frame');
  if (scan_mode === 'on_the_fly') addIssue('scan_mode', 'Must be step with a frame');
  if (refine !== undefined && refine !== null) addIssue('refine', 'Must not be set together with frame');
}

function isGrid(value: unknown): value is GridKind {
  return GRID_KINDS.some((kind) => kind === value);
}

function isWithin(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && value >= min && value <= max;
}

/** A session as published. */
export const sessionSchema = z
  .object({
    id: z.int(),
    rotor_id: z.int(),
    status: sessionStatusSchema,
    az_start: z.number(),
    az_end: z.number(),
    el_start: z.number(),
    el_end: z.number(),
    step_deg: z.number(),
    rssi_iterations: z.int(),
    total_points: z.int().meta({
      description:
        'Grows once if the scan is refined. A scan with a frame may complete with fewer points: notes reports those out of reach',
    }),
    completed_points: z.int().meta({ description: 'Number of stored points' }),
    progress_pct: z.number().meta({ description: 'One decimal' }),
    started_at: z.string().nullable().meta({ description: 'UTC, YYYY-MM-DDTHH:MM:SS' }),
    finished_at: z.string().nullable(),
    notes: z.string().nullable(),
  })
  .meta({ id: 'ScanSession' });
export type Session = z.infer<typeof sessionSchema>;

export const dataSchema = z.array(dataPointSchema.meta({ id: 'DataPoint' }));

export const unitSchema = z
  .enum(['dBm', 'dBFS'])
  .meta({ description: 'Unit of the levels; dBFS: not calibrated' });

function bandValue(statistic: string) {
  const description = `Only with ?from_hz= and ?to_hz= and the statistic ${statistic}; null: not known`;
  return z.number().nullable().optional().meta({ description });
}

export const measurementsSchema = z.array(
  measurementSchema
    .extend({
      unit: unitSchema,
      drift_db: z
        .number()
        .optional()
        .meta({ description: 'Only with ?corrected=true: the drift that was subtracted from the levels' }),
      level_db: bandValue('mean, median, min or max: level of the frequency range'),
      kurtosis: bandValue('kurtosis: highest one of the frequency range'),
      occupancy: bandValue('occupancy: highest one of the frequency range, 0 to 1'),
    })
    .meta({ id: 'Measurement' }),
);

export type PublishedMeasurement = z.infer<typeof measurementsSchema>[number];

/** Response of pause, resume and cancel. */
export const actionSchema = z
  .object({ status: z.enum(['pausing', 'resuming', 'cancelling']), session_id: z.int() })
  .meta({ id: 'ScanAction' });
export type ScanAction = z.infer<typeof actionSchema>;

export const previewSchema = z
  .object({
    rows: z.int(),
    columns: z.int(),
    total_points: z.int(),
    expected_duration_s: z.number(),
    path: z.array(z.tuple([z.number(), z.number()])).meta({
      description:
        'Azimuth (unwrapped) and elevation of the turning points of the path, in order, including detours round obstacles',
    }),
    warnings: z.array(z.string()),
    band_plan: bandPlanSchema,
    refine: refineRangeSchema.optional(),
    unreachable_points: z.int().optional().meta({
      description: 'Only with a frame: points that are expected to be out of reach; warnings has the reason',
    }),
  })
  .meta({ id: 'ScanPreview' });
export type ScanPreview = z.infer<typeof previewSchema>;
