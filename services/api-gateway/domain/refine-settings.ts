import { formatDeg } from '#shared/sky/pointing';
import { FieldError } from './field-error.ts';

/** How a scan is refined, with all defaults. Exactly one of the limits is set. */
export interface RefineSettings {
  threshold: number;
  step_deg: number;
  max_points?: number | undefined;
  time_budget_s?: number | undefined;
}

/** As requested; null and absent: the default. */
interface RefineRequest {
  threshold: number;
  step_deg?: number | null | undefined;
  max_points?: number | null | undefined;
  time_budget_s?: number | null | undefined;
}

const DEFAULT_MAX_POINTS = 1_000;
const STEPS_PER_BEAM = 3;
/** Of the beam width: the step of the grid loses at most 2.9 dB of a source. */
const GRID_STEP = 0.7;

/**
 * Settings for a rotor and the step of the grid, degrees; both steps are compared with the narrower
 * axis of its beam. Throws `FieldError` for a step that does not suit them.
 */
export function refineSettings(
  { threshold, step_deg, max_points, time_budget_s }: RefineRequest,
  gridStepDeg: number,
  rotor: {
    id: number;
    beam_width_deg: number | null;
    beam?: { azimuth_deg: number; elevation_deg: number } | null;
    tolerance_deg: number;
  },
): RefineSettings {
  const { beam, tolerance_deg: toleranceDeg } = rotor;
  const beamDeg = beam ? Math.min(beam.azimuth_deg, beam.elevation_deg) : rotor.beam_width_deg;
  if (beamDeg === null && typeof step_deg !== 'number')
    throw new FieldError(
      ['refine', 'step_deg'],
      `Must be set: the beam width of rotor ${rotor.id} is unknown (beam_width_deg)`,
    );
  if (beamDeg !== null && gridStepDeg > beamDeg)
    throw new FieldError(
      ['step_deg'],
      `Must be at most the beam width of ${formatDeg(beamDeg)} deg to be refined, better ${formatDeg(GRID_STEP * beamDeg)} deg`,
    );
  if (typeof step_deg === 'number' && step_deg < toleranceDeg)
    throw new FieldError(
      ['refine', 'step_deg'],
      `Must be at least ${formatDeg(toleranceDeg)} deg, the tolerance of rotor ${rotor.id}`,
    );
  const fineDeg = step_deg ?? Math.max(toleranceDeg, (beamDeg as number) / STEPS_PER_BEAM);
  if (fineDeg > gridStepDeg)
    throw new FieldError(
      ['refine', 'step_deg'],
      `${formatDeg(fineDeg)} deg is above the step of the grid, ${formatDeg(gridStepDeg)} deg`,
    );
  const limit =
    typeof time_budget_s === 'number' ? { time_budget_s } : { max_points: max_points ?? DEFAULT_MAX_POINTS };
  return { threshold, step_deg: fineDeg, ...limit };
}
