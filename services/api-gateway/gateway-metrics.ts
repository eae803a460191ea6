import { Gauge } from 'prom-client';
import { SESSION_STATUSES } from '#contract/session-status';
import { sleep } from '#shared/runtime/waiting';
import type { HealthCheck } from './clients/health-check.ts';
import type { Painter } from './drawing/painter.ts';
import type { Metrics } from './metrics.ts';
import { readOperatingFigures, type OperatingFigures } from './store/operating-figures.ts';
import type { Queryable } from './store/queryable.ts';

export interface GatewayMetricsParts {
  metrics: Metrics;
  db: Queryable;
  healthChecks: Record<string, HealthCheck>;
  painter: Pick<Painter, 'waiting'>;
}

/** Figures of the database are read at most this often, however many ask for them. */
const FIGURES_MS = 5_000;
/** A scrape does not wait longer for database or dependencies. */
const WAIT_MS = 1_000;

/** Metrics that are read when Prometheus asks for them. */
export function watchGateway({ metrics, db, healthChecks, painter }: GatewayMetricsParts): void {
  const registers = [metrics.registry];
  const figures = createFigures(db);

  new Gauge({
    name: 'skyscan_drawings_waiting',
    help: 'Maps, films and patterns that wait or are being drawn',
    registers,
    collect() {
      this.set(painter.waiting);
    },
  });
  new Gauge({
    name: 'skyscan_dependency_up',
    help: 'Whether what the gateway needs works, as in /health (1: ok, 0: away or impaired)',
    labelNames: ['dependency'],
    registers,
    async collect() {
      const found = Object.entries(healthChecks).map(async ([dependency, check]) => {
        const finding = await within(check(), WAIT_MS);
        this.set({ dependency }, finding?.state === 'ok' ? 1 : 0);
      });
      await Promise.all(found);
    },
  });

  /** A gauge of the database: without values while the database does not answer. */
  const stored = (
    name: string,
    help: string,
    labelNames: string[],
    values: (figures: OperatingFigures) => [labels: Record<string, string>, value: number][],
  ) =>
    new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        const found = await figures.read();
        this.reset();
        if (found) for (const [labels, value] of values(found)) this.set(labels, value);
        // An unlabelled gauge is 0 after a reset, which would be a value.
        else this.remove();
      },
    });
  stored('skyscan_sessions', 'Stored sessions by status', ['status'], ({ sessions }) =>
    SESSION_STATUSES.map((status) => [{ status }, sessions.find((row) => row.status === status)?.count ?? 0]),
  );
  stored(
    'skyscan_oldest_pending_session_seconds',
    'How long the oldest pending session has waited, seconds; 0: none waits',
    [],
    ({ oldest_pending_s }) => [[{}, oldest_pending_s]],
  );
  stored(
    'skyscan_last_stored_point_timestamp_seconds',
    'Unix time of the last stored point of the running session of a rotor, before the first one that of its start, seconds',
    ['rotor'],
    ({ last_points }) => last_points.map(({ rotor_id, unix_s }) => [{ rotor: String(rotor_id) }, unix_s]),
  );
  stored(
    'skyscan_searches',
    'Analyses of stored sessions that are not done, by kind (sources, interference, comparison) and status',
    ['kind', 'status'],
    ({ searches }) => searches.map(({ kind, status, count }) => [{ kind, status }, count]),
  );
  stored('skyscan_alerts', 'Alerts that are not cleared, by status', ['status'], ({ alerts }) =>
    alerts.map(({ status, count }) => [{ status }, count]),
  );
  stored('skyscan_database_bytes', 'Size of the database, bytes', [], ({ bytes }) => [[{}, bytes]]);
  new Gauge({
    name: 'skyscan_database_query_seconds',
    help: 'Duration of the last query for these metrics, seconds',
    registers,
    async collect() {
      await figures.read();
      this.set(figures.seconds);
    },
  });
}

/** The figures of the last seconds; undefined while the database does not answer. */
function createFigures(db: Queryable): {
  read: () => Promise<OperatingFigures | undefined>;
  /** Duration of the last query. */
  readonly seconds: number;
} {
  let reading: { atMs: number; figures: Promise<OperatingFigures | undefined> } | undefined;
  let seconds = 0;

  async function query(): Promise<OperatingFigures | undefined> {
    const startedMs = performance.now();
    try {
      return await readOperatingFigures(db);
    } catch {
      return undefined; // `skyscan_dependency_up` reports it
    } finally {
      seconds = (performance.now() - startedMs) / 1000;
    }
  }

  return {
    read() {
      if (!reading || performance.now() - reading.atMs > FIGURES_MS)
        reading = { atMs: performance.now(), figures: query() };
      return within(reading.figures, WAIT_MS);
    },
    get seconds() {
      return seconds;
    },
  };
}

/** Undefined if it takes longer. */
async function within<T>(work: Promise<T>, waitMs: number): Promise<T | undefined> {
  const over = new AbortController();
  const late = sleep(waitMs, over.signal).then(
    () => undefined,
    () => undefined,
  );
  return Promise.race([work, late]).finally(() => over.abort());
}
