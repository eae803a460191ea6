import type { GridBounds } from '#shared/sky/grid-shape';
import type { BeamWidths } from '#shared/sky/beam-width';
import { onSky, skyLimits, type Mount } from '#shared/sky/mount';
import { intersectLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import { createRoutes, type RouteRotor } from '#shared/sky/routes';
import { dwellMs, type BandPlan } from './band-plan.ts';
import type { Detours } from './detours.ts';
import type { FoundFrame, FrameInputs } from './frame/frame-inputs.ts';
import { createGrid, type Grid } from './grid.ts';
import type { Path } from './path.ts';
import type { ReferencePlan } from './reference.ts';
import type { ReferenceSetpoint } from './reference-path.ts';
import type { FoundSweeps, SweepPlan } from './sweep-plan.ts';
import type { SweepRules } from './sweep-passes.ts';
import type { Turns } from './unwrapping.ts';

/** Properties of the rotor that a plan depends on. Limits and park pointing are of the mount. */
export interface PlanRotor extends RouteRotor, Mount {
  settleMs: number;
  parkAfterScan: boolean;
  /** Half-power beam width of its antenna, degrees; undefined: unknown. */
  beamWidthDeg?: number | undefined;
  /** Undefined: the beam is taken for round. */
  beamWidths?: BeamWidths | undefined;
}

export interface Plan {
  grid: Grid;
  path: Path;
  detours: Detours;
  /** Undefined: no reference. */
  reference: ReferenceSetpoint | undefined;
  /** How rows are swept; undefined: every cell is measured by stopping. */
  sweeps: SweepPlan | undefined;
  /** Where the path changes direction, including first and last pointing; at most 2,000. */
  turningPoints: Pointing[];
  /** Travel time from the rotor's position, if known, to the last cell of a step scan, seconds. */
  travelSeconds: number;
  /**
   * Time for settling, reads, moves, detours and reference visits until the last cell is measured,
   * seconds.
   */
  expectedSeconds: number;
  /** Messages to the user. */
  warnings: string[];
  /** The warnings that apply to the measured points themselves. */
  notes: string[];
  /** Undefined for one tuning. */
  bands: BandPlan | undefined;
  /** Of a scan around a source. */
  frame?: FoundFrame | undefined;
}

export const MAX_TURNING_POINTS = 2_000;

// Time per point besides moves, settling and reads: commands, polls, the last block of samples.
// Measured: 10 to 18 ms.
export const OVERHEAD_S = 0.012;

/** Input of a plan. */
export interface PlanInputs {
  bounds: GridBounds;
  /** Total time of the reads of one tuning at one point, milliseconds. */
  readsMs: number;
  /** Number of tunings. */
  tunings: number;
  /** Channels of the spectrum at every point; undefined: none. */
  channels?: number | undefined;
  rotor: PlanRotor;
  /** The travel limits reported by the rotator's own server: of the mount. */
  reported?: TravelLimits | undefined;
  /** The rotor's position. */
  from?: Pointing | undefined;
  reference?: ReferencePlan | undefined;
  /** On-the-fly mode with at least this many reads per cell. */
  sweeping?: Pick<SweepRules, 'reads' | 'readMs'> | undefined;
  /** The grid is coarse because it is refined. */
  refines?: boolean | undefined;
  /** The grid consists of offsets from a source. */
  frame?: FrameInputs | undefined;
}

/** Result of planning: plain data, transferable between threads. */
export interface FoundPlan extends Pick<
  Plan,
  'detours' | 'turningPoints' | 'travelSeconds' | 'expectedSeconds' | 'warnings' | 'notes' | 'bands' | 'frame'
> {
  turns: Turns;
  order: Path['order'];
  sweeps: FoundSweeps | undefined;
}

/** Everything in directions on the sky. */
export function planContext({ bounds, rotor: mount, reported, from }: PlanInputs) {
  const rotor = onSky(mount);
  const limits = reported ? intersectLimits(rotor.limits, skyLimits(mount, reported)) : rotor.limits;
  const start = from ?? { azimuthDeg: bounds.azStartDeg, elevationDeg: bounds.elStartDeg };
  return { limits, start, grid: createGrid(bounds), routes: createRoutes(rotor, limits) };
}

/** Settling and reads of one point, seconds. */
export function standingSeconds({ rotor, tunings, readsMs }: PlanInputs): number {
  return (rotor.settleMs + dwellMs(tunings, readsMs)) / 1000;
}
