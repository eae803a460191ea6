import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyticGain, scanOver } from '../support/analytic-antenna.ts';
import { startAnalyst } from '../support/analyst.ts';
import { violationsOf } from '../support/axe.ts';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { addMap } from '../support/stored-map.ts';
import { startVisit } from '../support/visit.ts';
import { saveScreenshot } from './world.ts';

const figure = (value: number) => ({ value, sigma: null });
const COMPARED = {
  first: { name: 'scan 2' },
  second: { name: 'model.out' },
  figures: [
    {
      name: 'hpbw_azimuth',
      unit: 'deg',
      first: { value: 42.5, sigma: 0.21 },
      second: figure(43.25),
      difference: { value: -0.75, sigma: 0.21 },
    },
    { name: 'directivity', unit: 'dBi', first: null, second: figure(13), difference: null },
  ],
  cuts: {
    azimuth: [-20, 0, 20].map((deg) => ({
      angle_deg: deg,
      first_db: null,
      second_db: -deg * deg * 0.007,
      difference_db: null,
    })),
    elevation: [],
  },
};

/** The pattern of an antenna on a phone. */
describeWithBrowser('the pattern of an antenna in a browser', () => {
  let analyst: Awaited<ReturnType<typeof startAnalyst>>;
  let world: GatewayWorld;
  let browser: Browser;
  let [id, otherId] = [0, 0];

  beforeAll(async () => {
    analyst = await startAnalyst();
    const env = { SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}` };
    [world, browser] = await Promise.all([createGatewayWorld(env), launchBrowser()]);
    await startTestScan(world);
    const scan = (seed: number) =>
      scanOver({
        gainAt: analyticGain([0, 1, 0]),
        source: { azimuthDeg: 180, elevationDeg: 30 },
        azimuths: [132, 228],
        elevations: [-2, 70],
        stepDeg: 8,
        noiseDb: 0.1,
        seed,
      });
    id = await addMap(world.database.url, { map: scan(1), columns: 13 });
    otherId = await addMap(world.database.url, { map: scan(2), columns: 13 });
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
    await analyst.close();
  });

  test('is measured over a source, kept in the address, saved and compared', async () => {
    const visit = await startVisit(browser, world.gateway.url, 'phone', 'dark');
    const { page } = visit;
    page.setDefaultTimeout(40_000);
    const sent: (string | null)[] = [];
    // The pattern of a file is that of the test.
    await page.route('**/pattern/comparison?*', async (route) => {
      if (route.request().method() === 'GET') return route.continue();
      sent.push(new URL(route.request().url()).searchParams.get('format'), route.request().postData());
      await route.fulfill({ json: COMPARED });
    });
    await visit.open(`scan/sessions/${id}/pattern`);
    await page.getByText('Choose what was scanned.').waitFor();
    await page.getByLabel('Scanned over').selectOption('direction');
    await page.getByLabel('Azimuth').fill('180');
    const measure = page.getByRole('button', { name: 'Measure' });
    await measure.click();
    await page.getByLabel('Elevation').fill('-5');
    await measure.click();
    await page.getByText(/below the horizon/).waitFor();
    await page.getByLabel('Elevation').fill('30');
    await measure.click();
    await page.getByText(/^Beam 4\d\.\d° × 4\d\.\d°, no side lobe found, points/).waitFor();
    expect(page.url()).toContain('over=180%2C30');
    await page.getByText(/^\d+\.\d % of the sphere was measured, a directivity needs 95 %/).waitFor();
    const row = (name: string) => page.getByRole('row', { name });
    expect(await row('Half-power width, azimuth').innerText()).toMatch(/4\d\.\d+ ± \d\.\d+°/);
    expect(await row('Front to back, opposite').innerText()).toContain('not measured');

    const map = page.getByRole('application', { name: 'from the axis of the beam' });
    await map.press('ArrowUp');
    await page.getByText(/^0\.0° right, 0\.0° above: 0\.0 ± \d\.\d dB$/).waitFor();
    await page.getByRole('button', { name: 'Polar' }).click();
    await page.getByRole('img', { name: 'Polar plot of the azimuth plane, 20 dB' }).waitFor();

    await page.getByRole('button', { name: 'MSI' }).click();
    await page.getByText(/fill_db/).waitFor();
    await page.getByLabel('Gain where it was not measured').fill('-30');
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'MSI' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`pattern-${id}.msi`);

    await page.getByLabel('File of a pattern').setInputFiles({
      name: 'model.out',
      mimeType: 'text/plain',
      buffer: Buffer.from('RADIATION PATTERNS'),
    });
    await row('Half-power width, azimuth 42.50 ± 0.21° 43.3° \u22120.75 ± 0.21°').waitFor();
    await row('Directivity not known 13.0 dBi not known').waitFor();
    expect(sent).toEqual(['nec', 'RADIATION PATTERNS']);
    await page.getByRole('list', { name: 'Lines of the cuts' }).getByText('model.out').waitFor();
    await saveScreenshot(page, 'pattern-phone-dark', true);

    const withSession = page.getByRole('form', { name: 'Compare with a session' });
    await withSession.getByLabel('Session').fill(String(otherId));
    await withSession.getByRole('button', { name: 'Compare' }).click();
    const width = String.raw`4\d\.\d+ ± 0\.\d+°`;
    const apart = String.raw`\u2212?0\.\d+ ± 0\.\d+°`;
    await page
      .getByRole('row', { name: new RegExp(`^Half-power width, azimuth ${width} ${width} ${apart}$`) })
      .waitFor();
    await page.getByRole('list', { name: 'Lines of the cuts' }).getByText(`scan ${otherId}`).waitFor();
    expect(page.url()).toContain(`with=${otherId}`);
    await withSession.getByLabel('Session').fill('99999');
    await withSession.getByRole('button', { name: 'Compare' }).click();
    await page.getByText('Scan session not found').waitFor();
    const wideBy = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect([await violationsOf(page), wideBy, visit.faults]).toEqual([[], 0, []]);
    await visit.close();
  });
});
