import type { Browser } from 'playwright-core';
import type { Gateway } from '../support/gateway-harness.ts';
import { probesInCell, viewOnScreen } from '../support/sky-on-screen.ts';
import { until } from '../support/until.ts';
import { startVisit } from '../support/visit.ts';
import { SkyMap } from '#sky-map/sky-map';
import { probePage, watchPixels } from './page-probe.ts';
import { figure, type Figure, type Goal } from './row.ts';
import { boundsOf, type SkyGrid } from './sky-session.ts';
import { median, quantile } from './statistics.ts';

/**
 * Time from the page request until the last row of a session is on screen, ms; each time with an
 * empty cache.
 */
export async function drawOnPage(
  browser: Browser,
  gateway: Gateway,
  id: number,
  grid: SkyGrid,
  times: number,
): Promise<number[]> {
  const pixels = await latePixels(browser, gateway, id, grid);
  const found: number[] = [];
  for (let n = 0; n < times; n++) {
    const visit = await startVisit(browser, gateway.url);
    await watchPixels(visit.context, pixels);
    await visit.open(`sessions/${id}`);
    found.push(
      await until('the last row on screen', async () => {
        const seen = await probePage(visit.page).firstSeenMs();
        return seen.every((ms) => ms !== null) && Math.max(...seen.map(Number));
      }),
    );
    await visit.close();
  }
  return found;
}

/** Canvas pixels of a cell that is drawn late, determined on an open page. */
async function latePixels(browser: Browser, gateway: Gateway, id: number, grid: SkyGrid) {
  const visit = await startVisit(browser, gateway.url);
  await visit.open(`sessions/${id}`);
  await visit.page.getByRole('application').waitFor();
  const map = new SkyMap(boundsOf(grid));
  const view = await viewOnScreen(visit.page, map, 'polar');
  await visit.close();
  const { stepDeg, elEndDeg } = boundsOf(grid);
  // A cell of the highest row, away from the axis lines.
  const late = { azimuth: Math.floor(0.96 * grid.columns) * stepDeg, elevation: elEndDeg };
  return [probesInCell(view, map, 'polar', stepDeg, late)];
}

const PAN_MOVES = 120;

/** Frames per second while the zoomed map is dragged. */
export async function panOnPage(
  browser: Browser,
  gateway: Gateway,
  id: number,
  name: string,
  goal?: Goal,
): Promise<Figure[]> {
  const visit = await startVisit(browser, gateway.url);
  const { page } = visit;
  await watchPixels(visit.context, []);
  await visit.open(`sessions/${id}`);
  await page.locator('[data-phase=ended]').waitFor({ state: 'attached', timeout: 120_000 });
  const sky = page.getByRole('application');
  await sky.focus();
  for (let n = 0; n < 4; n++) await page.keyboard.press('+');
  const box = await sky.boundingBox();
  if (!box) throw new Error('the map is not on screen');
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await probePage(page).framesMs();
  for (let n = 1; n <= PAN_MOVES; n++) {
    const turn = (n / PAN_MOVES) * 4 * Math.PI;
    await page.mouse.move(middle.x + 150 * Math.sin(turn), middle.y + 100 * Math.sin(turn / 2));
  }
  const framesMs = await probePage(page).framesMs();
  await page.mouse.up();
  await visit.close();
  return [
    figure(`panning ${name}: frames a second`, 1000 / median(framesMs), '', goal),
    figure(`panning ${name}: frame, p99`, quantile(framesMs, 0.99), 'ms'),
  ];
}
