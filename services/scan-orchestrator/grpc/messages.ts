import type { SessionStatus } from '#contract/session-status';
import {
  SessionStatus as StatusMessage,
  type MeasuredPoint as PointMessage,
  type Plan as PlanMessage,
  type RefineRange,
  type SessionState as SessionStateMessage,
} from '#proto/scan_orchestrator';
import {
  GridKind as GridKindMessage,
  ScanMode,
  type ReferencePlan as ReferenceMessage,
  type ScanSpec,
} from '#proto/scan_spec';
import { SkyScanError } from '#shared/base/errors';
import { MAX_GRID_POINTS, azimuthSpanDeg, gridShape, isLattice, type GridKind } from '#shared/sky/grid-shape';
import { ZENITH_DEG } from '#shared/sky/pointing';
import { pointingFromMessage } from '#shared/rotor/rotor-messages';
import { pointSpectrumToMessage } from '#shared/rotor/spectrum-messages';
import type { Plan } from '../domain/plan-inputs.ts';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { ReferencePlan } from '../domain/reference.ts';
import type { SessionView } from '../engine/ports.ts';
import type { Spec } from '../engine/session-record.ts';
import { frameFromMessage } from './frame-messages.ts';
import { refineFromMessage } from './refine-messages.ts';
import { bandPlanToMessage, bandsFromMessage, channelsFromMessage } from './band-messages.ts';

const STATUSES = {
  pending: StatusMessage.SESSION_STATUS_PENDING,
  running: StatusMessage.SESSION_STATUS_RUNNING,
  paused: StatusMessage.SESSION_STATUS_PAUSED,
  completed: StatusMessage.SESSION_STATUS_COMPLETED,
  cancelled: StatusMessage.SESSION_STATUS_CANCELLED,
} as const;

const MAX_REFERENCE_INTERVAL_S = 86_400;

/**
 * Parses and validates a scan; repeats the checks of the gateway because this service moves the
 * rotor. Throws `invalid`.
 */
export function specFromMessage(spec: ScanSpec | undefined): Spec {
  if (!spec) throw new SkyScanError('invalid', 'spec is missing');
  const { rssiIterations, reference, mode, grid, spectrum, bands, refine, frame, ...degrees } = spec;
  const bounds = { kind: gridFromMessage(grid), ...degrees };
  for (const [name, value] of Object.entries(degrees))
    if (!Number.isFinite(value)) throw new SkyScanError('invalid', `${name} ${value} is not a finite number`);
  if (!(bounds.stepDeg >= 0.01 && bounds.stepDeg <= 360))
    throw new SkyScanError('invalid', `step ${bounds.stepDeg} deg is outside 0.01..360 deg`);
  if (azimuthSpanDeg(bounds) > 360)
    throw new SkyScanError('invalid', `azimuth span ${azimuthSpanDeg(bounds)} deg is above 360 deg`);
  if (bounds.elStartDeg > bounds.elEndDeg)
    throw new SkyScanError(
      'invalid',
      `el_start ${bounds.elStartDeg} deg is above el_end ${bounds.elEndDeg} deg`,
    );
  if (bounds.elEndDeg > ZENITH_DEG)
    throw new SkyScanError('invalid', `el_end ${bounds.elEndDeg} deg is above ${ZENITH_DEG} deg`);
  const { totalPoints } = gridShape(bounds);
  if (!(totalPoints <= MAX_GRID_POINTS))
    throw new SkyScanError(
      'invalid',
      `the grid has ${totalPoints} points, at most ${MAX_GRID_POINTS} are allowed`,
    );
  if (!isLattice(bounds.kind) && !frame)
    throw new SkyScanError('invalid', `grid ${bounds.kind} needs a frame`);
  if (rssiIterations < 1 || rssiIterations > 1000)
    throw new SkyScanError('invalid', `rssi_iterations ${rssiIterations} is outside 1..1000`);
  return {
    bounds,
    rssiIterations,
    mode: modeFromMessage(mode),
    ...(reference && { reference: referenceFromMessage(reference) }),
    ...(spectrum && { spectrum: channelsFromMessage(spectrum) }),
    ...(bands.length > 0 && { bands: bandsFromMessage(bands, spectrum !== undefined) }),
    ...(refine && { refine: refineFromMessage(refine, bounds) }),
    ...(frame && { frame: frameFromMessage(frame, { mode, refine, bounds }) }),
  };
}

function gridFromMessage(grid: GridKindMessage | undefined): GridKind {
  switch (grid) {
    case undefined:
    case GridKindMessage.GRID_KIND_RECTANGULAR:
      return 'rectangular';
    case GridKindMessage.GRID_KIND_EQUAL_AREA:
      return 'equal_area';
    case GridKindMessage.GRID_KIND_CROSS:
      return 'cross';
    case GridKindMessage.GRID_KIND_PRINCIPAL_CUTS:
      return 'principal_cuts';
    case GridKindMessage.GRID_KIND_SPIRAL:
      return 'spiral';
    default:
      throw new SkyScanError('invalid', `grid kind ${grid} is unknown`);
  }
}

function modeFromMessage(mode: ScanMode | undefined): NonNullable<Spec['mode']> {
  switch (mode) {
    case undefined:
    case ScanMode.SCAN_MODE_STEP:
      return 'step';
    case ScanMode.SCAN_MODE_ON_THE_FLY:
      return 'on_the_fly';
    default:
      throw new SkyScanError('invalid', `scan mode ${mode} is unknown`);
  }
}

function referenceFromMessage({ pointing, everyS }: ReferenceMessage): ReferencePlan {
  if (!(everyS > 0 && everyS <= MAX_REFERENCE_INTERVAL_S))
    throw new SkyScanError(
      'invalid',
      `reference.every_s ${everyS} must be above 0 and at most ${MAX_REFERENCE_INTERVAL_S} s`,
    );
  return { pointing: pointingFromMessage(pointing, 'reference.pointing'), everyMs: everyS * 1000 };
}

export function statusFromMessage(status: StatusMessage): SessionStatus {
  const word = (Object.keys(STATUSES) as SessionStatus[]).find((key) => STATUSES[key] === status);
  if (!word) throw new SkyScanError('invalid', `session status ${status} is unknown`);
  return word;
}

export function sessionToMessage(view: SessionView): SessionStateMessage {
  return {
    sessionId: view.sessionId,
    rotorId: view.rotorId,
    status: STATUSES[view.status],
    revision: view.revision,
    notes: view.notes ?? undefined,
    completedPoints: view.completedPoints,
    totalPoints: view.totalPoints,
    startedAtMs: view.startedAtMs ?? undefined,
    finishedAtMs: view.finishedAtMs ?? undefined,
    etaMs: view.etaMs ?? undefined,
    fault: view.fault
      ? {
          observation: view.fault.observation,
          forS: view.fault.forMs / 1000,
          pausesInS: view.fault.pausesInMs === null ? undefined : view.fault.pausesInMs / 1000,
        }
      : undefined,
    rotorRests: view.rotorRests,
    resumesItself: view.resumesItself,
    elapsedS: view.elapsedMs === null ? undefined : view.elapsedMs / 1000,
    remainingS: view.remainingMs === null ? undefined : view.remainingMs / 1000,
  };
}

export function pointToMessage({ spectra = [], ...point }: MeasuredPoint): PointMessage {
  return { ...point, spectra: spectra.map(pointSpectrumToMessage) };
}

/** `refine`: the most that a refinement adds. */
export function planToMessage(plan: Plan, refine?: RefineRange): PlanMessage {
  const { grid, turningPoints, expectedSeconds, warnings, notes, bands, frame } = plan;
  return {
    rows: grid.rows,
    columns: grid.columns,
    totalPoints: grid.totalPoints,
    expectedDurationS: expectedSeconds,
    turningPoints,
    warnings,
    notes,
    bands: bands && bandPlanToMessage(bands),
    refine,
    unreachablePoints: frame?.unreachable ?? 0,
  };
}
