import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';

// Only the built page; its requests are mocked, because the layout does not depend on a scan.
const ORIGIN = 'http://127.0.0.1:9';
const DIST = join(import.meta.dirname, '../../dist/services/dashboard');
const TYPES: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
const WIDTHS = [320, 360, 390, 480, 600, 719, 720, 760, 800, 840, 900, 1023, 1024, 1100, 1280, 1440];
const HEIGHTS = [180, 320, 900];

function rotors(count: number) {
  return Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    name: `Rotor ${i + 1} on the northern tower behind the house of the club`,
  }));
}

async function answer(route: Route, count: number): Promise<void> {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/api/rotors') return route.fulfill({ json: rotors(count) });
  if (pathname === '/api/skyscan/sessions') return route.fulfill({ json: [] });
  if (pathname.startsWith('/api/')) return route.fulfill({ status: 404, json: { detail: 'Not found' } });
  const name = pathname === '/' ? 'index.html' : pathname.slice(1);
  const body = await readFile(join(DIST, name)).catch(() => undefined);
  if (!body) return route.fulfill({ status: 404 });
  return route.fulfill({ body, contentType: TYPES[name.split('.').at(-1) ?? ''] ?? 'font/woff2' });
}

/**
 * Runs in the page: whether the button is completely visible and not covered at its corners and
 * centre.
 */
const IS_UNCOVERED = `(() => {
  const button = document.querySelector('.stop > button');
  const { left, right, top, bottom } = button.getBoundingClientRect();
  if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return false;
  const points = [[left + 4, top + 4], [right - 4, top + 4], [left + 4, bottom - 4], [right - 4, bottom - 4],
    [(left + right) / 2, (top + bottom) / 2]];
  return points.every(([x, y]) => button.contains(document.elementFromPoint(x, y)));
})()`;

describeWithBrowser('the stop button', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  test.for([1, 5])('is visible at every width, with %i rotors and a key', async (count) => {
    const page = await browser.newPage();
    await page.addInitScript("localStorage.setItem('sky-scan.key', 'k')");
    await page.route('**/*', (route) => answer(route, count));
    const hidden: string[] = [];
    for (const path of ['sessions', 'start']) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(`${ORIGIN}/#/${path}`);
      await page.getByRole('button', { name: 'Stop rotor' }).and(page.locator(':enabled')).waitFor();
      for (const width of WIDTHS)
        for (const height of HEIGHTS) {
          await page.setViewportSize({ width, height });
          await page.evaluate('scrollTo(0, document.body.scrollHeight)');
          if (!(await page.evaluate(IS_UNCOVERED))) hidden.push(`${path} ${width} x ${height}`);
        }
    }
    expect(hidden).toEqual([]);
    await page.close();
  });
});
