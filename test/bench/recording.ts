import { Client } from 'pg';
import { createLogger } from '#shared/runtime/logger';
import type { Measurement } from '#contract/measurement';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { migrateWhenReachable } from '../../services/api-gateway/store/migrate.ts';
import { appendRuns } from '../../services/api-gateway/store/points.ts';
import { addSession, benchPoint } from './bench-points.ts';
import { startBenchPostgres } from './bench-postgres.ts';
import { copyIn } from './copy-in.ts';
import { figure, type Figure, type Row } from './row.ts';

const COLUMNS = 1_000;
// Batch size of the recorder.
const BATCH = 1_000;

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
      return figuresOf({ single, live, batches, copied });
    } finally {
      await client.end();
      await db.close();
      await postgres.stop();
    }
  },
};

function figuresOf(rates: { single: number; live: number; batches: number; copied: number }): Figure[] {
  const { single, live, batches, copied } = rates;
  return [
    figure('plain insert, one point each', single, 'rows/s'),
    figure('recorder, one point at a time (with its counter)', live, 'rows/s'),
    figure('recorder, one point at a time, over plain insert', live / single, '', { min: 0.5 }),
    figure(`recorder, batches of ${BATCH}`, batches, 'rows/s'),
    figure(`recorder, batches of ${BATCH}, over plain insert`, batches / single, '', { min: 10 }),
    figure('COPY', copied, 'rows/s'),
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
