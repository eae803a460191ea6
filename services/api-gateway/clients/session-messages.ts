import {
  BandOrder,
  SessionStatus,
  type BandPlan as BandPlanMessage,
  type MeasuredPoint,
  type Plan as PlanMessage,
  type SessionState,
} from '#proto/scan_orchestrator';
import { GridKind, ScanMode, type Band, type Frame as FrameMessage, type ScanSpec } from '#proto/scan_spec';
import { SkyScanError } from '#shared/base/errors';
import { pointSpectrumFromMessage } from '#shared/rotor/spectrum-messages';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import type { SessionStatus as SessionStatusName } from '#contract/session-status';
import { measurementSchema, type Measurement } from '#contract/measurement';
import { measurementOf } from '#contract/point-record';
import { storedFault } from '../domain/stored-fault.ts';
import type { ApiBand, BandPlan } from '#contract/rest/bands';
import type { RefineRange } from '#contract/rest/refine';
import type { ReferencePointing, ScanRequest } from '#contract/rest/sessions';
import type { Frame } from '#shared/sky/frame';
import type { RefineSettings } from '../domain/refine-settings.ts';
import type { StoredFrame } from '../store/stored-frame.ts';
import type { StatusReport } from '../store/session-status.ts';

/** A session as the orchestrator lists it. */
export interface ListedReport extends StatusReport {
  id: number;
  total: number;
}

/** A planned scan; degrees and seconds. */
export interface Plan {
  rows: number;
  /** Of the widest row. */
  columns: number;
  totalPoints: number;
  expectedDurationS: number;
  /** Azimuth and elevation of the turning points of the path. */
  path: [number, number][];
  warnings: string[];
  /** The warnings that are also notes of the session. */
  notes: string[];
  /** As in the answers of the API. */
  bandPlan: BandPlan;
  /** Undefined without a refinement. */
  refine?: RefineRange | undefined;
  /** Undefined without a frame. */
  unreachablePoints?: number | undefined;
}

/** A plan that takes the hardware into account. */
export interface ProbedPlan extends Plan {
  /** Actual gain of the tuner; undefined if no receiver of sdr-sampler is used. */
  receiverGainDb: number | undefined;
}

const STATUS_NAMES: [SessionStatus, SessionStatusName][] = [
  [SessionStatus.SESSION_STATUS_PENDING, 'pending'],
  [SessionStatus.SESSION_STATUS_RUNNING, 'running'],
  [SessionStatus.SESSION_STATUS_PAUSED, 'paused'],
  [SessionStatus.SESSION_STATUS_COMPLETED, 'completed'],
  [SessionStatus.SESSION_STATUS_CANCELLED, 'cancelled'],
];

type SettingsBand = ApiBand & { dbm_offset_db?: number | null };
type ScanSettings = Omit<ScanRequest, 'notes' | 'bands' | 'refine' | 'frame'> & {
  frame?: StoredFrame | null | undefined;
  refine?: RefineSettings | null | undefined;
  bands?: readonly SettingsBand[] | null | undefined;
};

const MODES = { step: ScanMode.SCAN_MODE_STEP, on_the_fly: ScanMode.SCAN_MODE_ON_THE_FLY } as const;

const GRIDS = {
  rectangular: GridKind.GRID_KIND_RECTANGULAR,
  equal_area: GridKind.GRID_KIND_EQUAL_AREA,
  cross: GridKind.GRID_KIND_CROSS,
  principal_cuts: GridKind.GRID_KIND_PRINCIPAL_CUTS,
  spiral: GridKind.GRID_KIND_SPIRAL,
} as const;

/** Of a request, or of a session with the calibrations of its bands. */
export function specMessage(request: ScanSettings): ScanSpec {
  return {
    azStartDeg: request.az_start,
    azEndDeg: request.az_end,
    elStartDeg: request.el_start,
    elEndDeg: request.el_end,
    stepDeg: request.step_deg,
    rssiIterations: request.rssi_iterations,
    mode: MODES[request.scan_mode],
    grid: GRIDS[request.grid],
    ...(request.reference && { reference: referencePlan(request.reference) }),
    spectrum: request.spectrum ?? undefined,
    bands: (request.bands ?? []).map(bandMessage),
    ...(request.refine && { refine: refineMessage(request.refine) }),
    ...(request.frame && { frame: frameMessage(request.frame.resolved) }),
  };
}

function frameMessage({ name, source }: Frame): FrameMessage {
  switch (source.kind) {
    case 'fixed':
      return { name, source: { $case: 'fixed', value: source.direction } };
    case 'sun':
    case 'moon':
      return { name, source: { $case: source.kind, value: source.place } };
    case 'satellite': {
      const { elements, place } = source;
      return { name, source: { $case: 'satellite', value: { elements: JSON.stringify(elements), place } } };
    }
  }
}

function refineMessage({ threshold, step_deg, max_points, time_budget_s }: RefineSettings) {
  return {
    thresholdSigma: threshold,
    stepDeg: step_deg,
    maxPoints: max_points,
    timeBudgetS: time_budget_s,
  };
}

function bandMessage({ center_frequency_hz, bandwidth_hz, dbm_offset_db }: SettingsBand): Band {
  return {
    centerFrequencyHz: center_frequency_hz,
    bandwidthHz: bandwidth_hz,
    ...(typeof dbm_offset_db === 'number' && { dbmOffsetDb: dbm_offset_db }),
  };
}

function referencePlan({ azimuth, elevation, every_min }: ReferencePointing) {
  return { pointing: { azimuthDeg: azimuth, elevationDeg: elevation }, everyS: every_min * 60 };
}

export function statusMessage(name: SessionStatusName): SessionStatus {
  return (
    STATUS_NAMES.find(([, candidate]) => candidate === name)?.[0] ?? SessionStatus.SESSION_STATUS_UNSPECIFIED
  );
}

export function listedReport(state: SessionState, nowMs: number): ListedReport {
  const status = STATUS_NAMES.find(([code]) => code === state.status)?.[1];
  if (!status)
    throw new SkyScanError('invalid', `session ${state.sessionId} is listed with status ${state.status}`);
  return {
    id: state.sessionId,
    status,
    revision: state.revision,
    completed: state.completedPoints,
    total: state.totalPoints,
    notes: state.notes ?? null,
    startedAt: dateFrom(state.startedAtMs),
    finishedAt: dateFrom(state.finishedAtMs),
    // The orchestrator's clock may differ from ours: use only its durations.
    eta: state.remainingS === undefined ? dateFrom(state.etaMs) : dateFrom(nowMs + state.remainingS * 1000),
    elapsed: state.elapsedS === undefined ? null : { s: state.elapsedS, at: new Date(nowMs) },
    fault: state.fault
      ? storedFault({ ...state.fault, pausesInS: state.fault.pausesInS ?? null }, nowMs)
      : null,
    rotorRests: state.rotorRests ?? null,
    resumesItself: state.resumesItself ?? null,
  };
}

/** A point as the orchestrator keeps it. */
export interface RecordedPoint {
  measurement: Measurement;
  /** One per band; empty in a session without spectra, or if they were not requested. */
  spectra: PointSpectrum[];
}

/** Throws `invalid` when a number is not finite, or a spectrum is incomplete. */
export function recordedPointFrom(point: MeasuredPoint): RecordedPoint {
  const parsed = measurementSchema.safeParse(measurementOf(point));
  if (!parsed.success) throw new SkyScanError('invalid', `point ${point.seq}: ${parsed.error.message}`);
  return { measurement: parsed.data, spectra: point.spectra.map(pointSpectrumFromMessage) };
}

/** `hasFrame`: some points may be out of reach. */
export function planFrom(plan: PlanMessage | undefined, hasFrame = false): Plan {
  if (!plan) throw new SkyScanError('internal', 'the plan is missing');
  return {
    rows: plan.rows,
    columns: plan.columns,
    totalPoints: plan.totalPoints,
    expectedDurationS: plan.expectedDurationS,
    path: plan.turningPoints.map((point) => [point.azimuthDeg, point.elevationDeg]),
    warnings: plan.warnings,
    notes: plan.notes,
    bandPlan: plan.bands ? bandPlanFrom(plan.bands) : null,
    refine: plan.refine && {
      points_min: plan.totalPoints,
      points_max: plan.totalPoints + plan.refine.maxPoints,
      duration_s_min: plan.expectedDurationS,
      duration_s_max: plan.expectedDurationS + plan.refine.maxDurationS,
    },
    ...(hasFrame && { unreachablePoints: plan.unreachablePoints }),
  };
}

function bandPlanFrom({ order, reason, addedS }: BandPlanMessage): BandPlan {
  const isByRow = order === BandOrder.BAND_ORDER_ROW_BY_ROW;
  return { order: isByRow ? 'row_by_row' : 'every_point', reason, added_s: addedS };
}

function dateFrom(unixMs: number | undefined): Date | null {
  // Dates end at +-8.64e15 ms.
  return unixMs !== undefined && Math.abs(unixMs) <= 8.64e15 ? new Date(unixMs) : null;
}
