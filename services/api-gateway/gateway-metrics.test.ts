import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { watchGateway } from './gateway-metrics.ts';
import { createMetrics } from './metrics.ts';
import type { OperatingFigures } from './store/operating-figures.ts';

const FIGURES: OperatingFigures = {
  sessions: [{ status: 'running', count: 2 }],
  oldest_pending_s: 0,
  last_points: [{ rotor_id: 7, unix_s: 1_700_000_000 }],
  searches: [{ kind: 'sources', status: 'requested', count: 3 }],
  alerts: [],
  bytes: 8_000_000,
};

function scrapeOf(query: () => Promise<unknown[]>) {
  const metrics = createMetrics();
  watchGateway({
    metrics,
    db: { query: query as never },
    healthChecks: {
      database: () => Promise.resolve({ state: 'ok', message: 'ok' }),
      mqtt: () => Promise.resolve({ state: 'impaired', message: 'an ACL denies it' }),
    },
    painter: { waiting: 4 },
  });
  return () => metrics.registry.metrics();
}

test('the figures of the database have their labels, and every status its number', async () => {
  const text = await scrapeOf(() => Promise.resolve([FIGURES]))();
  expect(text).toContain('skyscan_sessions{status="running"} 2\n');
  expect(text).toContain('skyscan_sessions{status="paused"} 0\n');
  expect(text).toContain('skyscan_oldest_pending_session_seconds 0\n');
  expect(text).toContain('skyscan_last_stored_point_timestamp_seconds{rotor="7"} 1700000000\n');
  expect(text).toContain('skyscan_searches{kind="sources",status="requested"} 3\n');
  expect(text).toContain('skyscan_database_bytes 8000000\n');
  expect(text).toContain('skyscan_dependency_up{dependency="database"} 1\n');
  expect(text).toContain('skyscan_dependency_up{dependency="mqtt"} 0\n');
  expect(text).toContain('skyscan_drawings_waiting 4\n');
});

test('while the database does not answer, its figures are absent instead of 0', async () => {
  const text = await scrapeOf(() => Promise.reject(new SkyScanError('unavailable', 'away')))();
  expect(text).not.toMatch(/^skyscan_(sessions|database_bytes|oldest_pending_session_seconds)[ {]/m);
  expect(text).toContain('skyscan_dependency_up{dependency="mqtt"} 0\n');
});

test('scrapes close to each other read the database once', async () => {
  let queries = 0;
  const scrape = scrapeOf(() => {
    queries++;
    return Promise.resolve([FIGURES]);
  });
  await Promise.all([scrape(), scrape(), scrape()]);
  expect(queries).toBe(1);
});
