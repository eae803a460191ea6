import { pino } from 'pino';
import { expect } from 'vitest';
import type { Anomaly, Comparison } from '#contract/rest/anomalies';
import type { Baseline, BaselineSession } from '#contract/rest/baselines';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import type { Gateway, GatewayWorld } from './gateway-harness.ts';
import { addMap, type StoredMap } from './stored-map.ts';
import { rectangleGrid, syntheticSky, type TrueSource } from './synthetic-sky.ts';
import { until } from './until.ts';

const GRID = { columns: 40, rows: 16, stepDeg: 2 };
export const CELLS = GRID.columns * GRID.rows;
const CENTRE = { azimuthDeg: 90, elevationDeg: 35 };
const AREA = { azimuthsDeg: [51, 129], elevationsDeg: [20, 50], stepDeg: GRID.stepDeg } as const;
const BEAM = { beam_width_deg: 8 };
/** Always there. */
export const USUAL = { azimuthDeg: 80, elevationDeg: 40, amplitude: 1 };
const FIRST_AT = Date.parse('2026-02-14T00:00:00Z');
const DAY_MS = 86_400_000;
/** Each session is searched and compared. */
const SETTLED_MS = 110_000;

/** Sessions with the same grid of a schedule, stored as if they had been measured. */
export interface BaselineSky {
  db: Database;
  scheduleId: number;
  /** Stores a session at midnight of a day, of the schedule unless `isNamed`; returns its id. */
  scan(day: number, extra?: TrueSource[], more?: Partial<StoredMap> & { isNamed?: boolean }): Promise<number>;
  /** Makes a session one of the schedule: from now on, a gateway may compare it at any time. */
  schedule(sessionId: number): Promise<void>;
  close(): Promise<void>;
}

/** `world` must have a session: the stored ones are of its rotor. */
export async function createBaselineSky(world: GatewayWorld, rotorId: number): Promise<BaselineSky> {
  const { url } = world.database;
  const db = createDatabase([url], pino({ level: 'silent' }));
  const { status, body } = await world.gateway.post('/api/schedules', {
    name: 'Nightly',
    trigger: { kind: 'once', at: '2099-01-01T00:00:00Z' },
    time_zone: 'Europe/Berlin',
    scan: { rotor_id: rotorId, az_start: 51, az_end: 129, el_start: 20, el_end: 50, step_deg: 2 },
  });
  expect([status, body]).toEqual([201, expect.anything()]);
  const scheduleId = (body as { id: number }).id;
  async function schedule(id: number): Promise<void> {
    await db.query(
      `insert into schedule_runs (schedule_id, due_at, status, session_id) values ($1, $2, 'started', $3)`,
      [scheduleId, new Date(FIRST_AT + id * 1_000), id],
    );
  }
  return {
    db,
    scheduleId,
    async scan(day, extra = [], { isNamed, ...more } = {}) {
      const points = rectangleGrid(CENTRE, GRID.columns, GRID.rows, GRID.stepDeg);
      const sources = [USUAL, ...extra];
      const map = syntheticSky({ points, sources, beamWidthDeg: 8, relativeSigma: 0.01, seed: day + 1 });
      const id = await addMap(url, {
        map,
        columns: GRID.columns,
        rotor: BEAM,
        azimuthsDeg: [...AREA.azimuthsDeg],
        elevationsDeg: [...AREA.elevationsDeg],
        stepDeg: AREA.stepDeg,
        startedAt: new Date(FIRST_AT + day * DAY_MS).toISOString(),
        ...more,
      });
      if (!isNamed) await schedule(id);
      return id;
    },
    schedule,
    close: () => db.close(),
  };
}

/** Calls of the API about baselines. */
export function baselineCalls(gateway: () => Gateway) {
  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await gateway().request(path, { method, ...(body && { body }) });
    expect([answer.status, answer.status < 300 ? '' : answer.text]).toEqual([answer.status, '']);
    return answer.body as T;
  }
  const baseline = (id: number) => ask<Baseline>('GET', `/api/baselines/${id}`);
  const members = (id: number) => ask<BaselineSession[]>('GET', `/api/baselines/${id}/sessions?limit=500`);
  return {
    ask,
    baseline,
    members,
    create: async (body: object) => (await ask<Baseline>('POST', '/api/baselines', body)).id,
    /** Looks for new sessions of its schedule now. */
    look: (id: number) => ask('PUT', `/api/baselines/${id}`, { is_growing: true }),
    /** Waits until no session waits and the statistics are those of the included ones. */
    settled: (id: number, sessions: number) =>
      until(
        `baseline ${id} has ${sessions} sessions`,
        async () => {
          const found = await baseline(id);
          const isComplete = found.included + found.excluded === sessions && found.waiting === 0;
          const sizeOf = (kind: string) =>
            found.bins
              .filter(({ bin }) => bin.startsWith(kind))
              .reduce((sum, each) => sum + each.sessions, 0);
          const isNew = ['all', 'hour'].every((kind) => sizeOf(kind) === found.included);
          return isComplete && isNew ? found : undefined;
        },
        SETTLED_MS,
      ),
    anomalies: (session: number, of: string = '') =>
      ask<Anomaly[]>('GET', `/api/skyscan/${session}/anomalies${of}`),
    comparison: async (session: number, of: number) =>
      (await ask<Comparison[]>('GET', `/api/skyscan/${session}/comparisons`)).find(
        ({ baseline_id }) => baseline_id === of,
      ),
    refusal: async (method: string, path: string, body?: object): Promise<[number, unknown]> => {
      const answer = await gateway().request(path, { method, ...(body && { body }) });
      return [answer.status, (answer.body as { detail: unknown }).detail];
    },
  };
}
