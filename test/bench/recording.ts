import { Semaphore } from 'async-mutex';
import { Client } from 'pg';
import { LOCAL_SITE } from '#shared/base/site-name';
import { createLogger } from '#shared/runtime/logger';
import type { Measurement } from '#contract/measurement';
import { progressPct, toDataPoint, type PointMessage } from '#contract/mqtt-messages';
import { createMetrics } from '../../services/api-gateway/metrics.ts';
import { MAX_IN_HAND } from '../../services/api-gateway/recorder/mqtt-consumer.ts';
import type { Outcome } from '../../services/api-gateway/recorder/outcome.ts';
import { createRecorder } from '../../services/api-gateway/recorder/recorder.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import { appendRuns } from '../../services/api-gateway/store/points.ts';
import { addSession, benchPoint } from './bench-points.ts';
import { startBenchPostgres } from './bench-postgres.ts';
import { copyIn } from './copy-in.ts';
import { figure, type Figure, type Row } from './row.ts';

const COLUMNS = 1_000;
// Batch size of the recorder.
const BATCH = 1_000;
const SESSIONS = 100;

/**
 * Storage rate of the gateway, compared with the slowest and fastest way of the same PostgreSQL.
 */
export const recording: Row = {
  name: 'recording',
  async run({ quick }) {
    const postgres = await startBenchPostgres();
    const logger = createLogger('bench', 'silent');
    const db = createDatabase([postgres.url], logger);
    const client = new Client({ connectionString: postgres.url });
    try {
      await migrateWhenReachable([postgres.url], logger, new AbortController().signal, {
        onWaiting: () => undefined,
        mayRefuse: () => true,
      });
      await client.connect();
      const few = pointsUpTo(quick ? 1_000 : 5_000);
      const many = pointsUpTo(quick ? 10_000 : 200_000);
      const session = (points: Measurement[]) => addSession(client, points.length);
      const append = (id: number, points: Measurement[]) =>
        appendRuns(db, [{ sessionId: id, columns: COLUMNS, points }]);
      const single = await rowsPerS(few, 1, await session(few), (id, points) =>
        client.query(INSERT, [id, ...points.flatMap(valuesOf)]),
      );
      const live = await rowsPerS(few, 1, await session(few), append);
      const batches = await rowsPerS(many, BATCH, await session(many), append);
      const copied = await rowsPerS(many, many.length, await session(many), (id, points) =>
        copyIn(client, COPY, points.map((point) => copyLine(id, point)).join('')),
      );
      const ids: number[] = [];
      while (ids.length < SESSIONS) ids.push(await addSession(client, few.length, 0, 'running'));
      const together = await recordedPerS(db, ids, few.slice(0, (quick ? 10_000 : 100_000) / SESSIONS));
      return figuresOf({ single, live, batches, copied, together });
    } finally {
      await client.end();
      await db.close();
      await postgres.stop();
    }
  },
};

interface Rates {
  single: number;
  live: number;
  batches: number;
  copied: number;
  together: number;
}

function figuresOf({ single, live, batches, copied, together }: Rates): Figure[] {
  return [
    figure('plain insert, one point each', single, 'rows/s'),
    figure('recorder, one point at a time (with its counter)', live, 'rows/s'),
    figure('recorder, one point at a time, over plain insert', live / single, '', { min: 0.5 }),
    figure(`recorder, batches of ${BATCH}`, batches, 'rows/s'),
    figure(`recorder, batches of ${BATCH}, over plain insert`, batches / single, '', { min: 10 }),
    figure('COPY', copied, 'rows/s'),
    figure(`recorder, messages of ${SESSIONS} sessions at once`, together, 'points/s', { min: 20_000 }),
    figure(`recorder, batches of ${BATCH}, over COPY`, batches / copied, '', { min: 0.25 }),
  ];
}

async function rowsPerS(
  points: Measurement[],
  batch: number,
  sessionId: number,
  store: (sessionId: number, points: Measurement[]) => Promise<unknown>,
): Promise<number> {
  const from = performance.now();
  for (let at = 0; at < points.length; at += batch) await store(sessionId, points.slice(at, at + batch));
  return (points.length * 1000) / (performance.now() - from);
}

/** The recorder with the messages of all sessions in turn, as many in hand as from the broker. */
async function recordedPerS(db: Database, ids: number[], points: Measurement[]): Promise<number> {
  const recorder = createRecorder({
    db,
    siteName: () => LOCAL_SITE.name,
    orchestratorOf: () => ({
      list: () => Promise.resolve([]),
      replay: () => Promise.resolve([]),
      refinement: () => Promise.resolve(undefined),
    }),
    observer: { announce: () => undefined },
    metrics: createMetrics(),
    logger: createLogger('bench', 'silent'),
    nudge: () => undefined,
  });
  const inHand = new Semaphore(MAX_IN_HAND);
  const outcomes: Promise<Outcome>[] = [];
  const from = performance.now();
  for (const measurement of points)
    for (const id of ids) {
      const message = messageOf(id, measurement, points.length);
      outcomes.push(inHand.runExclusive(() => recorder.point(id, message)));
      await inHand.waitForUnlock();
    }
  const lost = (await Promise.all(outcomes)).filter((outcome) => outcome !== 'stored');
  if (lost.length > 0) throw new Error(`${lost.length} points were not stored: ${JSON.stringify(lost[0])}`);
  return (outcomes.length * 1000) / (performance.now() - from);
}

function messageOf(id: number, measurement: Measurement, total: number): PointMessage {
  const { seq } = measurement;
  const progress = { progress_pct: progressPct(seq, total), completed: seq, total };
  return {
    session_id: id,
    status: 'running',
    point: toDataPoint(measurement),
    ...progress,
    site: LOCAL_SITE.name,
    seq,
    measurement,
  };
}

const NAMES = `session_id, seq, cell, grid_row, grid_column, setpoint_az, setpoint_el, azimuth, elevation, mean_dbm, std_db, min_dbm,
  max_dbm, last_dbm, reads, integration_ms, flags, measured_at`;
const INSERT = `insert into points (${NAMES}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;
const COPY = `copy points (${NAMES}) from stdin`;

function valuesOf(p: Measurement): (number | string)[] {
  const levels = [p.mean_dbm, p.std_db, p.min_dbm, p.max_dbm, p.last_dbm];
  return [
    p.seq,
    p.row * COLUMNS + p.column,
    p.row,
    p.column,
    p.setpoint.azimuth,
    p.setpoint.elevation,
    p.readback.azimuth,
    p.readback.elevation,
    ...levels,
    p.reads,
    p.integration_ms,
    `{${p.flags.join(',')}}`,
    p.measured_at,
  ];
}

function copyLine(id: number, point: Measurement): string {
  return `${id}\t${valuesOf(point).join('\t')}\n`;
}

function pointsUpTo(count: number): Measurement[] {
  return Array.from({ length: count }, (_, i) => benchPoint(i + 1));
}
