import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { geodesicBetween, geodesicEnd } from '#shared/sky/geodesic';
import type { SolveAnswer } from '#contract/rest/bearings';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { replacePlaces } from '../../services/api-gateway/store/ground-places.ts';
import { startAnalyst } from '../support/analyst.ts';
import { violationsOf } from '../support/axe.ts';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startVisit } from '../support/visit.ts';
import { LOOKS } from './pages.ts';
import { saveScreenshot } from './world.ts';

const CENTRE = { latitudeDeg: 48, longitudeDeg: 11 };
const SITES = [0, 130, 250].map((direction) => geodesicEnd(CENTRE, direction, 30_000));
const EMITTERS = [geodesicEnd(CENTRE, 20, 9_000), geodesicEnd(CENTRE, 200, 14_000)];
const COAST = {
  type: 'Feature',
  properties: {},
  geometry: {
    type: 'LineString',
    coordinates: [0, 1, 2, 3, 4, 5].map((k) => [10.6 + k / 6, 47.8 + (k % 2) / 8]),
  },
};

const bearings = SITES.flatMap((site, k) =>
  EMITTERS.map((emitter, e) => ({
    latitude_deg: site.latitudeDeg,
    longitude_deg: site.longitudeDeg,
    name: `hill-${k}`,
    azimuth_deg: geodesicBetween(site, emitter).azimuthDeg + 0.3 * (e - k),
    sigma_deg: 0.7,
  })),
);

/** From the middle of the map to the mark of place 1. */
const MIDDLE_OFFSET_PX = `(() => {
  const map = document.querySelector('[data-testid=ground-map]');
  const place = [...map.querySelectorAll('.place')].find((each) => each.textContent.trim().startsWith('1 '));
  const [box, mark] = [map, place.querySelector('.mark')].map((each) => each.getBoundingClientRect());
  return [box.x + box.width / 2 - mark.x - mark.width / 2, box.y + box.height / 2 - mark.y - mark.height / 2];
})()`;

/** Places of bearings on the map of the ground. */
describeWithBrowser('the ground in a browser', () => {
  let analyst: Awaited<ReturnType<typeof startAnalyst>>;
  let world: GatewayWorld;
  let browser: Browser;

  beforeAll(async () => {
    analyst = await startAnalyst();
    const env = { SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` };
    [world, browser] = await Promise.all([createGatewayWorld(env), launchBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
    await analyst.close();
  });

  const wideBy = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');

  /** Stores the places of two emitters, with ghosts. */
  async function storePlaces(): Promise<void> {
    const { body } = await world.gateway.post('/api/bearings/solve', { bearings });
    const { crossings } = body as SolveAnswer;
    const [firstSeen, lastSeen] = [new Date('2026-03-01T10:00:00Z'), new Date('2026-03-01T10:30:00Z')];
    const db = createDatabase([world.database.url], pino({ level: 'silent' }));
    const places = crossings.map((crossing) => ({ crossing, firstSeen, lastSeen }));
    await db.transaction((tx) => replacePlaces(tx, 1, [1], places));
    await db.close();
  }

  test('bearings by hand have a place; without a place of a site, the page says what to set', async () => {
    const visit = await startVisit(browser, world.gateway.url);
    const { page } = visit;
    await visit.open('sky/ground');
    await page.getByText('No site has a place').waitFor();
    await page.getByRole('link', { name: 'Station' }).last().click();
    await page.getByRole('button', { name: 'Change the place of local' }).click();
    const form = page.getByRole('form', { name: 'Place of local' });
    await form.getByLabel('Latitude').fill('48.3');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Must be set together with latitude_deg').waitFor();
    await form.getByLabel('Longitude').fill('11');
    await form.getByLabel('Height').fill('520');
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Place: 48.3°, 11°, 520 m').waitFor();
    for (const [k, { latitudeDeg, longitudeDeg }] of SITES.entries()) {
      const site = { name: `hill-${k}`, latitude_deg: latitudeDeg, longitude_deg: longitudeDeg };
      expect((await world.gateway.post('/api/sites', site)).status).toBe(201);
    }
    await visit.open('sky/ground');
    await page.getByText('No places yet').waitFor();
    await page.getByText('loads no maps from the internet').waitFor();
    const azimuths = page.getByLabel('Azimuth');
    await page.getByLabel('Site').nth(0).selectOption('hill-0');
    await page.getByLabel('Site').nth(1).selectOption('hill-1');
    await azimuths.nth(0).fill('170');
    await page.getByRole('button', { name: 'Find the place' }).click();
    await page.getByText('Field required').waitFor();
    expect(await azimuths.nth(1).getAttribute('aria-invalid')).toBe('true');
    await azimuths.nth(1).fill('300');
    await page.getByRole('button', { name: 'Find the place' }).click();
    await page.getByTestId('ground-map').getByText('1 possible').waitFor();
    await page.getByText('two sites cannot expose a ghost').waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'KML' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('places.kml');
    await page.getByLabel('Centre of the map').selectOption('hill-1');
    await page.getByRole('columnheader', { name: 'From hill-1' }).waitFor();
    expect(visit.faults).toEqual([]);
    await visit.close();
    await storePlaces();
  });

  test.each(LOOKS)('the map and the table show places and ghosts: %s, %s', async (size, theme) => {
    const visit = await startVisit(browser, world.gateway.url, size, theme);
    const { page } = visit;
    await visit.open('sky/ground');
    const map = page.getByTestId('ground-map');
    await map
      .getByText(/^\d+ confirmed$/)
      .first()
      .waitFor();
    expect(await map.getAttribute('aria-label')).toMatch(
      /^Map of the ground around local, .* Places: 2 confirmed, 0 possible, [1-9]\d* ghost$/,
    );
    expect(await map.getByText(/^\d+ ghost$/).count()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Show place 1' }).click();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    // The selected place is in the middle.
    await expect
      .poll(async () => Math.hypot(...(await page.evaluate<[number, number]>(MIDDLE_OFFSET_PX))))
      .toBeLessThan(2);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel('GeoJSON file').setInputFiles({
      name: 'coast.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(JSON.stringify(COAST)),
    });
    await page.getByText('Under the map: coast.geojson').waitFor();
    await saveScreenshot(page, `ground-${size}-${theme}`, true);
    expect([await violationsOf(page), await wideBy(page), visit.faults]).toEqual([[], 0, []]);
    await visit.close();
  });
});
