import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { SkyMap } from '#sky-map/sky-map';
import { cellPointing } from '#shared/sky/grid-shape';
import { probesInCell, viewOnScreen } from '../support/sky-on-screen.ts';
import { until } from '../support/until.ts';
import { startVisit } from '../support/visit.ts';
import type { BenchGateway } from './bench-gateway.ts';
import { probePage, watchPixels } from './page-probe.ts';
import { figure, type Figure } from './row.ts';
import { boundsOf } from './sky-session.ts';
import { median, quantile } from './statistics.ts';

const GRID = { columns: 36, rows: 9 };
const POINTS_PER_S = 50;

/**
 * A running session: latency from the MQTT message to the screen point by point, then 50 points per
 * second.
 */
export async function liveOnPage(
  browser: Browser,
  world: BenchGateway,
  rotorId: number,
  quick: boolean,
): Promise<Figure[]> {
  const { gateway, orchestrator, publish } = world;
  const single = quick ? 10 : 100;
  const bounds = boundsOf(GRID);
  const started = await gateway.post('/api/skyscan/start', {
    rotor_id: rotorId,
    az_start: bounds.azStartDeg,
    az_end: bounds.azEndDeg,
    el_start: bounds.elStartDeg,
    el_end: bounds.elEndDeg,
    step_deg: bounds.stepDeg,
    rssi_iterations: 1,
  });
  if (started.status !== 201) throw new Error(`start: ${started.status} ${started.text}`);
  const { id } = started.body as { id: number };
  await until('the handover', () => orchestrator.sessions.has(id));
  await publish(`skyscan/sessions/${id}/status`, orchestrator.setStatus(id, 'running'), true);

  // Load once to locate the cells, and again to watch them.
  const first = await startVisit(browser, gateway.url);
  await first.open(`sessions/${id}`);
  await first.page.getByRole('application').waitFor();
  const map = new SkyMap(bounds);
  const view = await viewOnScreen(first.page, map, 'polar');
  await first.close();
  const pixels = Array.from({ length: GRID.columns * GRID.rows }, (_, n) => {
    const { azimuthDeg, elevationDeg } = cellPointing(bounds, Math.floor(n / GRID.columns), n % GRID.columns);
    const pointing = { azimuth: azimuthDeg, elevation: elevationDeg };
    return probesInCell(view, map, 'polar', bounds.stepDeg, pointing);
  });
  const visit = await startVisit(browser, gateway.url);
  await watchPixels(visit.context, pixels);
  await visit.open(`sessions/${id}`);
  await visit.page.locator('[data-phase=live]').waitFor({ state: 'attached' });
  const probe = probePage(visit.page);

  const latenciesMs: number[] = [];
  for (let n = 0; n < single; n++) {
    const message = orchestrator.measure(id);
    const publishedAtMs = Date.now();
    await publish(`skyscan/sessions/${id}/points`, message);
    const seenAtMs = await until(
      `point ${n + 1} on screen`,
      async () => (await probe.firstSeenAtMs())[n] ?? undefined,
    );
    latenciesMs.push(seenAtMs - publishedAtMs);
  }

  await probe.longTasksMs();
  const fast = pixels.length - single;
  const fromMs = performance.now();
  const sent: Promise<void>[] = [];
  for (let n = 1; n <= fast; n++) {
    sent.push(publish(`skyscan/sessions/${id}/points`, orchestrator.measure(id)));
    await delay(Math.max(0, fromMs + (n * 1000) / POINTS_PER_S - performance.now()));
  }
  await Promise.all(sent);
  await until('every point on screen', async () =>
    (await probe.firstSeenAtMs()).every((seenAt) => seenAt !== null),
  );
  const longTasksMs = await probe.longTasksMs();
  await visit.close();
  return [
    figure(`MQTT message to screen, ${single} points: p50`, median(latenciesMs), 'ms'),
    figure(`MQTT message to screen, ${single} points: p99`, quantile(latenciesMs, 0.99), 'ms'),
    figure(`MQTT message to screen, ${single} points: worst`, Math.max(...latenciesMs), 'ms', { max: 150 }),
    figure(
      `${POINTS_PER_S} points per second: longest task over 50 ms, else 0`,
      Math.max(0, ...longTasksMs),
      'ms',
      {
        max: 50,
      },
    ),
  ];
}
