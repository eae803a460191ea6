import type { Alert, AlertEvent } from '#contract/rest/alerts';
import type { Comparison } from '#contract/rest/anomalies';
import { separationDeg, type Pointing } from '#shared/sky/pointing';
import { until } from '../../support/until.ts';
import { createSetClock } from './set-clock.ts';
import { BEAM_DEG, createMonth, PLACE, PLACES, SCAN, type Events } from './sky-of-month.ts';
import { startMonthWorld, type MonthWorld } from './world.ts';

const ZONE = 'Europe/Berlin';
const HOUR_MS = 3_600_000;

/** When the scans of a month are due, and in which of them something happens. */
export interface MonthPlan {
  seed: number;
  /** Local hours of every day. */
  cron: string;
  /** Before the first scan. */
  fromMs: number;
  scans: number;
  /** Index of the first scan with it; absent: never. */
  changes: Partial<Record<keyof Events, number>>;
}

export interface MonthResult {
  /** When the scans were due, as the schedule said before them. */
  dueMs: number[];
  sessionIds: number[];
  /** In the order in which they were raised. */
  alerts: RaisedAlert[];
  comparisons: Comparison[];
}

/** An alert with the session that raised it. */
export type RaisedAlert = Alert & { raisedBy: number | null };

/** The changes that must raise an alert: kind and direction. */
export const EXPECTED = {
  appears: { kinds: ['new'], at: PLACES.appears },
  moves: { kinds: ['moved'], at: PLACES.movesTo },
  brightens: { kinds: ['brighter'], at: PLACES.brightens },
  disappears: { kinds: ['gone'], at: PLACES.disappears },
} satisfies Partial<Record<keyof Events, { kinds: string[]; at: Pointing }>>;

/** A schedule with a baseline and alerts over weeks, in a gateway whose clock the month sets. */
export async function runMonth(databaseUrl: string, plan: MonthPlan): Promise<MonthResult> {
  const time = createSetClock(plan.fromMs);
  const never = NaN;
  const events: Events = {
    appears: never,
    moves: never,
    brightens: never,
    disappears: never,
    rains: never,
    steps: never,
  };
  const world = await startMonthWorld(
    databaseUrl,
    time,
    createMonth(plan.seed, events, () => time.unixMs()),
  );
  try {
    const scheduleId = await prepare(world, plan.cron);
    const result: MonthResult = { dueMs: [], sessionIds: [], alerts: [], comparisons: [] };
    for (let scan = 0; scan < plan.scans; scan++) {
      const { next_run_at } = await world.ask<{ next_run_at: string }>(`/api/schedules/${scheduleId}`);
      const dueMs = Date.parse(next_run_at);
      for (const [event, index] of Object.entries(plan.changes))
        // A step and rain are within the scan.
        if (index === scan) events[event as keyof Events] = dueMs + (DURING[event as keyof Events] ?? 0);
      const id = await world.scan(dueMs);
      result.dueMs.push(dueMs);
      result.sessionIds.push(id);
      result.comparisons.push(await compared(world, id));
    }
    for (const alert of (await world.ask<Alert[]>('/api/alerts?limit=500')).toReversed()) {
      const events = await world.ask<AlertEvent[]>(`/api/alerts/${alert.id}/events`);
      const raised = events.find(({ event }) => event === 'raised');
      result.alerts.push({ ...alert, raisedBy: raised?.session_id ?? null });
    }
    return result;
  } finally {
    await world.close();
  }
}

const DURING: Partial<Record<keyof Events, number>> = { rains: HOUR_MS / 5, steps: HOUR_MS / 7 };

/** A site, a rotor, a schedule and its baseline; returns the id of the schedule. */
async function prepare({ ask }: MonthWorld, cron: string): Promise<number> {
  const [site] = await ask<{ id: number }[]>('/api/sites');
  await ask(
    `/api/sites/${site?.id ?? 1}`,
    { latitude_deg: PLACE.latitudeDeg, longitude_deg: PLACE.longitudeDeg, height_m: PLACE.heightM },
    'PUT',
  );
  const rotor = await ask<{ id: number }>('/api/rotors', { name: 'month', beam_width_deg: BEAM_DEG });
  const schedule = await ask<{ id: number }>('/api/schedules', {
    name: 'Every six hours',
    trigger: { kind: 'cron', expression: cron },
    time_zone: ZONE,
    scan: { rotor_id: rotor.id, ...SCAN },
  });
  await ask('/api/baselines', { name: 'Usual sky', schedule_id: schedule.id });
  return schedule.id;
}

/** Waits until a session was compared and the rules of the alerts have seen it. */
function compared({ ask, isEvaluated }: MonthWorld, sessionId: number): Promise<Comparison> {
  return until(`session ${sessionId} is compared`, async () => {
    const [comparison] = await ask<Comparison[]>(`/api/skyscan/${sessionId}/comparisons`);
    if (comparison?.status === 'failed') throw new Error(comparison.problem ?? 'failed');
    return comparison?.status === 'done' && (await isEvaluated(sessionId)) && comparison;
  });
}

/** Local hours of the runs, without repetition. */
export function localHours(dueMs: readonly number[]): number[] {
  const hours = dueMs.map((ms) =>
    Number(new Date(ms).toLocaleString('sv', { timeZone: ZONE }).slice(11, 13)),
  );
  return [...new Set(hours)].toSorted((a, b) => a - b);
}

/** The alert of a change: of its kind, within half a beam, raised by the first scan with it. */
export function alertOf(
  { alerts, sessionIds }: MonthResult,
  { kinds, at }: { kinds: string[]; at: Pointing },
  scan: number,
): RaisedAlert | undefined {
  return alerts.find(
    ({ kind, azimuth, elevation, raisedBy }) =>
      kinds.includes(kind) &&
      azimuth !== null &&
      elevation !== null &&
      raisedBy !== null &&
      raisedBy >= (sessionIds[scan] ?? Infinity) &&
      separationDeg({ azimuthDeg: azimuth, elevationDeg: elevation }, at) < BEAM_DEG / 2,
  );
}
