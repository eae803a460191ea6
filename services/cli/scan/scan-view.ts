import type { GridBounds } from '#shared/sky/grid-shape';
import type { Api } from '../api.ts';
import type { DetailedPoint, DetailedSessionMessage } from '#contract/live/session-messages';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import { createPointRate, type PointRate } from './point-rate.ts';
import { createSkyGrid, type SkyGrid } from './sky-grid.ts';

/** The state of a watched scan. */
export interface ScanView {
  session: Session;
  plan: Pick<Plan, 'rotor_name' | 'grid' | 'scan_mode' | 'elapsed_s' | 'remaining_s' | 'fault' | 'frame'>;
  /** When the durations of `plan` were current; monotonic. */
  planAtMs: number;
  grid: SkyGrid;
  unit: string;
  pointRate: PointRate;
  /** Seq of the last point received; the server may have more. */
  received: number;
  /** The last live point. */
  last: DetailedPoint | undefined;
}

/** Loads a scan with all stored points. Throws `ApiError` for an unknown id. */
export async function loadScan(api: Api, id: number): Promise<ScanView> {
  const session = await api.get(`/api/skyscan/${id}`);
  const plan = await api.get(`/api/skyscan/${id}/plan`);
  const grid = createSkyGrid(boundsOf(session, plan), plan.refine?.step_deg);
  const view: ScanView = {
    session,
    plan,
    planAtMs: performance.now(),
    grid,
    unit: 'dBFS',
    pointRate: createPointRate(),
    received: 0,
    last: undefined,
  };
  const found = await loadLevels(api, id, grid);
  if (found.unit !== undefined) view.unit = found.unit;
  view.received = found.points;
  return view;
}

/** Applies a WebSocket message; false: a known point. */
export function applyMessage(view: ScanView, message: DetailedSessionMessage, nowMs: number): boolean {
  const { status, completed, total, progress_pct, point } = message;
  if (point && point.seq <= view.received) return false;
  if (status !== view.session.status) view.pointRate.reset();
  view.session = {
    ...view.session,
    status,
    completed_points: completed,
    total_points: total,
    progress_pct,
  };
  if (message.point === null) {
    const { elapsed_s, remaining_s, fault } = message;
    view.plan = { ...view.plan, elapsed_s, remaining_s, fault };
    view.planAtMs = nowMs;
  }
  view.pointRate.record(completed, nowMs);
  if (!point) return true;
  view.plan = { ...view.plan, fault: null };
  view.received = point.seq;
  view.last = point;
  view.unit = point.measurement.unit;
  const { row, column, mean_dbm, setpoint } = point.measurement;
  view.grid.set(row, column, mean_dbm, setpoint);
  return true;
}

/**
 * Seconds until the end, from the point rate or the server's estimate; undefined while no points
 * arrive.
 */
export function secondsLeft(
  { session, plan, planAtMs, pointRate }: ScanView,
  nowMs: number,
): number | undefined {
  if (session.status !== 'running' || plan.fault) return undefined;
  const rate = pointRate.perSecond(session.completed_points, nowMs);
  if (rate !== undefined && rate > 0) return (session.total_points - session.completed_points) / rate;
  return plan.remaining_s === null ? undefined : Math.max(0, plan.remaining_s - (nowMs - planAtMs) / 1000);
}

async function loadLevels(
  api: Api,
  id: number,
  grid: SkyGrid,
): Promise<{ points: number; unit: string | undefined }> {
  let names: Map<string, number> | undefined;
  let unit: string | undefined;
  let points = 0;
  for await (const line of api.lines(`/api/skyscan/${id}/measurements?format=csv`)) {
    const cells = line.split(',');
    if (!names) {
      names = new Map(cells.map((name, index) => [name, index]));
      continue;
    }
    const cell = (name: string) => cells[names?.get(name) ?? -1] ?? '';
    const number = (name: string) => Number(cell(name));
    const setpoint = { azimuth: number('setpoint_azimuth'), elevation: number('setpoint_elevation') };
    grid.set(number('row'), number('column'), number('mean_dbm'), setpoint);
    unit = cell('unit');
    points++;
  }
  return { points, unit };
}

function boundsOf(session: Session, { grid }: Pick<Plan, 'grid'>): GridBounds {
  return {
    kind: grid,
    azStartDeg: session.az_start,
    azEndDeg: session.az_end,
    elStartDeg: session.el_start,
    elEndDeg: session.el_end,
    stepDeg: session.step_deg,
  };
}
