import { startBenchPostgres } from '../../bench/bench-postgres.ts';
import { runMonth } from './month.ts';
const pg = await startBenchPostgres();
const t0 = performance.now();
const m = await runMonth(pg.url, {
  seed: 301,
  cron: '0 */6 * * *',
  fromMs: Date.UTC(2026, 2, 27),
  scans: 12,
  changes: { appears: 5, rains: 8 },
});
console.log(((performance.now() - t0) / 1000).toFixed(1), 's');
for (const c of m.comparisons)
  console.log(c.session_id, c.status, c.bin, c.sessions, c.offset_db, c.noise_scale, c.anomalies, c.problem);
for (const a of m.alerts)
  console.log(a.id, a.kind, a.status, a.title, a.raisedBy, a.azimuth, a.elevation, a.z, a.change_db);
await pg.stop();
