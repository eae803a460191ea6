import type { Browser, Page } from 'playwright-core';
import type { Client } from 'pg';
import type { Gateway } from '../support/gateway-harness.ts';
import { until } from '../support/until.ts';
import { startVisit } from '../support/visit.ts';
import { fillSession } from './bench-points.ts';
import { addTiles, CHANNEL_HZ, CHANNELS, FIRST_CHANNEL_HZ } from './bench-spectra.ts';
import { figure, type Figure } from './row.ts';
import { median } from './statistics.ts';

const CELLS = 100_000;
// All channels, so that the page can show its spectrum.
const BLOCKS = { first: 0, count: CHANNELS / 16 };
/** Width of a brush as a share of the spectrum: 16 channels. */
const WIDTH = 16 / CHANNELS;

/** Time from the release of a brush until the map shows its band, of 100,000 cells. */
export async function brushOnPage(
  browser: Browser,
  gateway: Gateway,
  client: Client,
  times: number,
): Promise<Figure[]> {
  const id = await addTiles(client, CELLS, BLOCKS);
  await fillSession(client, id, CELLS);
  const visit = await startVisit(browser, gateway.url);
  const { page } = visit;
  // The session consists of stored rows, without a receiver and a plan.
  const band = {
    center_frequency_hz: FIRST_CHANNEL_HZ + (CHANNELS / 2) * CHANNEL_HZ,
    bandwidth_hz: CHANNELS * CHANNEL_HZ,
  };
  const more = { ...band, gain_db: 0, read_ms: 10, spectrum: { channels: CHANNELS }, bands: [band] };
  await page.route(`**/api/skyscan/${id}/plan*`, async (route) => {
    const response = await route.fetch();
    const plan = (await response.json()) as object;
    await route.fulfill({ response, json: { ...plan, ...more } });
  });
  await page.addInitScript({ content: WATCH });
  await visit.open(`scan/sessions/${id}`);
  await page.locator('[data-phase=ended]').waitFor({ state: 'attached', timeout: 120_000 });
  const brush = page.getByTestId('spectrum-brush');
  await brush.waitFor({ timeout: 120_000 });
  await brush.scrollIntoViewIfNeeded();
  const tookMs: number[] = [];
  for (let n = 0; n < times; n++) tookMs.push(await drag(page, (n + 1) / (times + 2)));
  await visit.close();
  return [
    figure('brush to map, 100,000 cells: median', median(tookMs), 'ms', { max: 200 }),
    figure('brush to map, 100,000 cells: worst', Math.max(...tookMs), 'ms'),
  ];
}

/** Selects a band; resolves with the time from the release to the frame with another map. */
async function drag(page: Page, from: number): Promise<number> {
  const box = await page.getByTestId('spectrum-brush').boundingBox();
  if (!box) throw new Error('the spectrum is not on screen');
  const y = box.y + box.height / 4;
  await page.mouse.move(box.x + from * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + (from + WIDTH) * box.width, y, { steps: 3 });
  await page.mouse.up();
  return until(
    'the map of the band',
    async () => (await page.evaluate<number | null>('brushedMs')) ?? undefined,
  );
}

// Compares pixels of the map frame by frame: a line through the scan, beside the axis to the east.
// The levels of the cells are noise, so that two maps differ in nearly all of them.
const WATCH = `{
  window.brushedMs = null;
  let releasedAt;
  let before;
  const read = () => {
    const canvas = document.querySelector('[aria-roledescription="sky map"] canvas');
    const context = canvas?.getContext('2d');
    if (!context) return [];
    const y = Math.round(canvas.height / 2) + 8;
    const { data } = context.getImageData(Math.round(canvas.width / 2), y, Math.round(canvas.height / 2), 1);
    return [...data];
  };
  addEventListener('pointerup', () => {
    before = read();
    releasedAt = performance.now();
    window.brushedMs = null;
  }, true);
  const look = () => {
    if (releasedAt !== undefined) {
      const now = read();
      const changed = now.filter((value, n) => value !== before[n]).length;
      if (changed > 40) {
        window.brushedMs = performance.now() - releasedAt;
        releasedAt = undefined;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}`;
