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

/** Database and dependencies are asked at most this often, however many scrape. */
const FRESH_MS = 5_000;
/**
 * A scrape gets what was found up to this long ago and starts to ask again, so that it does not
 * wait: with 10,000 sessions and a busy computer the answers take up to 200 ms.
 */
const USABLE_MS = 60_000;
/** A scrape that has to wait does not wait longer. */
const WAIT_MS = 1_000;

/** Metrics that are read when Prometheus asks for them. */
export function watchGateway({ metrics, db, healthChecks, painter }: GatewayMetricsParts): void {
  const registers = [metrics.registry];
  const figures = createLatest(() => readFigures(db));
  const findings = createLatest(() => findingsOf(healthChecks));

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
      this.reset();
      for (const [dependency, isOk] of (await findings()) ?? []) this.set({ dependency }, isOk ? 1 : 0);
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
        const found = (await figures())?.figures;
        this.reset();
        if (found) for (const [labels, value] of values(found)) this.set(labels, value);
        // An unlabelled gauge is 0 after a reset, which would be a value.
        else if (labelNames.length === 0) this.remove();
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
      const found = await figures();
      if (found) this.set(found.seconds);
    },
  });
}

/** Undefined figures: the database does not answer, which `skyscan_dependency_up` reports. */
async function readFigures(
  db: Queryable,
): Promise<{ figures: OperatingFigures | undefined; seconds: number }> {
  const startedMs = performance.now();
  const figures = await readOperatingFigures(db).catch(() => undefined);
  return { figures, seconds: (performance.now() - startedMs) / 1000 };
}

function findingsOf(
  healthChecks: Record<string, HealthCheck>,
): Promise<[dependency: string, isOk: boolean][]> {
  return Promise.all(
    Object.entries(healthChecks).map(async ([name, check]): Promise<[string, boolean]> => {
      const finding = await within(check(), WAIT_MS);
      return [name, finding?.state === 'ok'];
    }),
  );
}

/** The last value of `read`, which must not throw; undefined if there is none in time. */
function createLatest<T>(read: () => Promise<T>): () => Promise<T | undefined> {
  let latest: { atMs: number; value: T } | undefined;
  let reading: Promise<void> | undefined;

  return async () => {
    const ageMs = latest ? performance.now() - latest.atMs : Infinity;
    if (ageMs > FRESH_MS)
      reading ??= read()
        .then((value) => void (latest = { atMs: performance.now(), value }))
        .finally(() => (reading = undefined));
    if (ageMs > USABLE_MS && reading) {
      latest = undefined;
      await within(reading, WAIT_MS);
    }
    return latest?.value;
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
