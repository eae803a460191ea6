import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import {
  encodeResult,
  RESULT_BYTES,
} from '../../services/api-gateway/store/searches/interference-results.ts';
import { endSearch } from '../../services/api-gateway/store/searches/claims.ts';
import {
  claimOf,
  claimSearch,
  storeResults,
} from '../../services/api-gateway/store/searches/interference.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { violationsOf } from '../support/axe.ts';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { addSources } from '../support/stored-sources.ts';
import { bandOf, noise, spectrumOf, type Value } from '../support/stored-spectra.ts';
import { until } from '../support/until.ts';
import { startVisit, type SizeName, type ThemeName, type Visit } from '../support/visit.ts';
import { LOOKS } from './pages.ts';
import { sourceTests, storedSources } from './source-tests.ts';
import { saveScreenshot } from './world.ts';

const GRID = { rows: 12, columns: 36 };
const POINTS = GRID.rows * GRID.columns;
const CHANNELS = 256;
const FIRST_HZ = 432.9e6;
const CHANNEL_HZ = 8_000;
// A signal in three channels and one direction.
const SIGNAL = { channel: 160, row: 4, column: 20 };

const BAND = `${FIRST_HZ + (SIGNAL.channel - 3) * CHANNEL_HZ},${FIRST_HZ + (SIGNAL.channel + 3) * CHANNEL_HZ}`;

/** Noise with a signal that grows towards its direction. */
const sky: Value = (statistic, seq, channel) => {
  const row = Math.floor((seq - 1) / GRID.columns);
  const column = (seq - 1) % GRID.columns;
  const distance = Math.hypot(row - SIGNAL.row, column - SIGNAL.column);
  const isSignal = Math.abs(channel - SIGNAL.channel) <= 1;
  const strength = isSignal ? 40 * Math.exp(-((distance / 4) ** 2)) : 0;
  const random = (noise('occupancy', seq, channel) - 0.5) * 2;
  if (statistic === 'occupancy') return strength > 5 ? 0.6 : 0.02;
  if (statistic === 'kurtosis') return strength > 5 ? 1.9 + random / 10 : 1 + random / 10;
  const offset = { mean: 0, median: -0.5, min: -6, max: 6 }[statistic];
  return -98 + random + offset + strength;
};

/** Stored spectra on the pages of a session: chart, brush, cells and waterfall. */
describeWithBrowser('spectra in a browser', () => {
  let world: GatewayWorld;
  let browser: Browser;
  let visit: Visit;
  let withSpectra = 0;
  let without = 0;

  beforeAll(async () => {
    [world, browser] = await Promise.all([createGatewayWorld(), launchBrowser()]);
    withSpectra = await addEndedScan(GRID);
    without = await addEndedScan({ rows: 1, columns: 4 });
    const db = createDatabase([world.database.url], pino({ level: 'silent' }));
    const band = { ...bandOf(CHANNELS, FIRST_HZ), channelHz: CHANNEL_HZ };
    const points = upTo(POINTS).map((seq) => ({ seq, spectra: [spectrumOf(band, seq, sky)] }));
    await db.transaction((tx) => insertSpectra(tx, withSpectra, points));
    const bands = [{ center_frequency_hz: 433.92e6, bandwidth_hz: 2e6, dbm_offset_db: null }];
    await db.query('update sessions set spectrum = $2, bands = $3 where id = $1', [
      withSpectra,
      { channels: CHANNELS },
      JSON.stringify(bands),
    ]);
    await db.close();
    visit = await startLook();
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  const startLook = (size: SizeName = 'desktop', theme: ThemeName = 'light') =>
    startVisit(browser, world.gateway.url, size, theme);

  async function addEndedScan(shape: { rows: number; columns: number }): Promise<number> {
    const scan = await startTestScan(world, shape);
    const points = shape.rows * shape.columns;
    await scan.setStatus('running');
    await scan.measure(points);
    await scan.untilStored(points);
    await scan.setStatus('completed');
    await scan.untilStatus('completed');
    return scan.id;
  }

  /** The result of a search in band 0. */
  async function storeInterference(): Promise<void> {
    const results = Buffer.alloc(POINTS * RESULT_BYTES);
    for (const k of Array(POINTS).keys()) {
      const [mean_dbm, mean_clean_dbm] = [-80 + (k % 7), -85 + (k % 5)];
      encodeResult(results, k, { mean_dbm, mean_clean_dbm, flagged_channels: k / POINTS, flagged_time: 0.5 });
    }
    const db = createDatabase([world.database.url], pino({ level: 'silent' }));
    const search = { session_id: withSpectra, band: 0, completed_points: POINTS };
    expect(await claimSearch(db, 'test', 1, true)).toEqual(search);
    expect(await storeResults(db, search, 'test', 0, results, POINTS)).toBe(true);
    await endSearch(db, claimOf(search, 'test'));
    await db.close();
  }

  const address = () => decodeURIComponent(new URL(visit.page.url()).hash);
  const has = (part: string) => until(`${part} in the address`, () => address().includes(part));
  const brush = () => visit.page.getByTestId('spectrum-brush');
  const title = () => visit.page.locator('main h2').first();

  /** Drags over a part of the spectrum, as shares of its width. */
  async function drag(from: number, to: number): Promise<void> {
    const { page } = visit;
    await brush().scrollIntoViewIfNeeded();
    const box = await brush().boundingBox();
    if (!box) throw new Error('the spectrum is not on screen');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + from * box.width, y);
    await page.mouse.down();
    await page.mouse.move(box.x + to * box.width, y, { steps: 4 });
    await page.mouse.up();
  }

  /** Every 40th pixel of the map, to tell maps apart. */
  const pixels = (page: Page) =>
    page.evaluate<string>(`(() => {
      const canvas = document.querySelector('[aria-roledescription="sky map"] canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.filter((_, n) => n % 160 < 3).join();
    })()`);

  test('the spectrum of the session is under the map', async () => {
    const { page } = visit;
    await visit.open(`scan/sessions/${withSpectra}`);
    await page.getByRole('heading', { name: 'Spectrum', exact: true }).waitFor();
    await brush().waitFor();
    await page.getByText(`${CHANNELS} channels from`).first().waitFor();
    await saveScreenshot(page, 'spectrum-map', true);
  });

  test('a brush shows its band on the map, and Esc ends that', async () => {
    const { page } = visit;
    const levels = await pixels(page);
    await drag(0.61, 0.65);
    await has('band=');
    await until('the title of the band', async () => (await title().innerText()).startsWith('Mean level, '));
    await until('another map', async () => (await pixels(page)) !== levels);
    expect(await page.getByRole('slider').count()).toBe(2);

    // The arrow keys move the ends by channels.
    const before = address();
    await page.getByRole('slider', { name: 'End of the band' }).focus();
    await page.keyboard.press('ArrowRight');
    await until('another band', () => address() !== before && address().includes('band='));
    await page.reload();
    await until('the title of the band', async () => (await title().innerText()).startsWith('Mean level, '));

    await page.getByRole('slider', { name: 'End of the band' }).press('Escape');
    await until('no band', () => !address().includes('band='));
    await until('the levels again', async () => (await pixels(page)) === levels);
  });

  test('p changes the projection, and ? lists the keys', async () => {
    const { page } = visit;
    for (const projection of ['rectangular', 'polar']) {
      await page.keyboard.press('p');
      await has(`projection=${projection}`);
    }
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.getByText('Next projection of the map').waitFor();
    // Keys in a dialog do not change the page behind it.
    await page.keyboard.press('p');
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'hidden' });
    await page.keyboard.press('p');
    await has('projection=rectangular');
    await page.keyboard.press('p');
    await has('projection=polar');
  });

  test.each(['median', 'min', 'max', 'kurtosis', 'occupancy'])('the map shows %s', async (statistic) => {
    const { page } = visit;
    await page.getByLabel('Value on the map').selectOption(statistic);
    await has(`statistic=${statistic}`);
    await until('the title', async () =>
      /^(Median level|Lowest level|Highest level|Kurtosis|Occupancy), /.test(await title().innerText()),
    );
    await saveScreenshot(page, `map-${statistic}`, true);
    await page.getByRole('button', { name: 'Show the levels of the points' }).click();
    await until('the levels again', () => !address().includes('statistic='));
  });

  test('the map shows the mean without interference as soon as it is known', async () => {
    const { page } = visit;
    await page.getByLabel('Value on the map').selectOption('Mean without interference');
    await has('interference=mean_clean_dbm');
    await page.getByText('The interference in band 0', { exact: false }).waitFor();
    // The answer 409 that this message shows.
    expect(visit.faults.splice(0).every((fault) => fault.includes('409'))).toBe(true);
    await storeInterference();
    await until('the title', async () => (await title().innerText()) === 'Mean without interference');
    visit.faults.splice(0);
    await page.getByLabel('Value on the map').selectOption('Channels with interference');
    await until('the title', async () => (await title().innerText()) === 'Channels with interference');
    await saveScreenshot(page, 'map-interference', true);
    await has('interference=flagged_channels');
    await page.reload();
    await until('the title', async () => (await title().innerText()) === 'Channels with interference');
    await page.getByRole('button', { name: 'Show the levels of the points' }).click();
    await until('the levels again', () => !address().includes('interference='));
  });

  test('a cell shows its spectrum beside it, and stays when it is selected', async () => {
    const { page } = visit;
    const sky = page.locator('[aria-roledescription="sky map"]');
    await sky.focus();
    for (const key of ['ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
    await page.getByTestId('cell-spectrum').waitFor();
    await saveScreenshot(page, 'cell-spectrum');
    for (const key of ['Enter', 'ArrowRight', 'Enter', 'ArrowRight', 'Enter', 'ArrowRight', 'Enter'])
      await page.keyboard.press(key);
    await has('cell=1,3');
    await has('pins=1,2;1,1');
    await page
      .getByRole('button', { name: /^Remove az/ })
      .nth(2)
      .waitFor();
  });

  test('the waterfall has a cursor in frequency and sky', async () => {
    const { page } = visit;
    await page.getByRole('link', { name: 'Spectrum', exact: true }).click();
    await page.waitForURL(new RegExp(`#/scan/sessions/${withSpectra}/spectrum`));
    const waterfall = page.locator('[aria-roledescription=waterfall]');
    await waterfall.and(page.locator('[aria-busy=false]')).scrollIntoViewIfNeeded();
    await waterfall.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText(/azimuth .*, elevation .*MHz: /).waitFor();
    await saveScreenshot(page, 'waterfall', true);
    await page.getByRole('button', { name: 'Zoom in', exact: true }).last().click();
    await page.getByRole('button', { name: 'Earlier' }).waitFor();
    expect(visit.faults).toEqual([]);
  });

  test('a scan without spectra says why and what to do', async () => {
    const { page } = visit;
    await visit.open(`scan/sessions/${without}/spectrum`);
    await page.getByText('This scan was started without them.', { exact: false }).waitFor();
    await page.getByRole('link', { name: 'Start a scan with spectra' }).waitFor();
    expect(visit.faults).toEqual([]);
  });

  describe('sources', () => {
    beforeAll(() => {
      const edgeHz = (channel: number) => FIRST_HZ + channel * CHANNEL_HZ;
      const sources = storedSources(edgeHz(SIGNAL.channel - 3.5), edgeHz(SIGNAL.channel + 4.5));
      return addSources(world.database.url, withSpectra, sources);
    });
    sourceTests(
      () => visit,
      () => withSpectra,
    );
  });

  describe.each(LOOKS)('%s, %s', (size, theme) => {
    // The other tabs without spectra are in pages.ts.
    test.each(['', '/spectrum', '/sources', ...(size === 'desktop' ? ['/cuts', '/time'] : [])])(
      'session%s is accessible and fits the window',
      async (tab) => {
        const look = await startLook(size, theme);
        if (size === 'desktop') await look.page.setViewportSize({ width: 1280, height: 900 });
        await look.open(`scan/sessions/${withSpectra}${tab}?cell=1,2&band=${BAND}&source=3`);
        await look.page.locator('[data-phase=ended]').waitFor({ state: 'attached' });
        if (tab === '' || tab === '/spectrum') await look.page.getByTestId('spectrum-brush').waitFor();
        if (tab === '/sources') await look.page.getByText('elements are 12 days old').waitFor();
        if (tab === '/cuts') await look.page.getByText(/^Row 2 of/).waitFor();
        if (tab === '/time') await look.page.getByText(/oldest at the top/).waitFor();
        expect(await violationsOf(look.page)).toEqual([]);
        expect(await look.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        await saveScreenshot(look.page, `spectra-session${tab.replace('/', '-')}-${size}-${theme}`, true);
        expect(look.faults).toEqual([]);
        await look.close();
      },
    );

    test('the page of a source is accessible and fits the window', async () => {
      const look = await startLook(size, theme);
      await look.open('sky?sort=title');
      await look.page.getByRole('link', { name: 'Weather station' }).click();
      await look.page.getByText('Line: a Gaussian beam', { exact: false }).waitFor();
      expect(await violationsOf(look.page)).toEqual([]);
      expect(await look.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await saveScreenshot(look.page, `source-${size}-${theme}`, true);
      expect(look.faults).toEqual([]);
      await look.close();
    });
  });
});
