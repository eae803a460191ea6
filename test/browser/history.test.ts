import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paletteOf } from '#sky-map/palettes';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { saveScreenshot } from './world.ts';
import { coloursOnScreen, mapOf, probesInCell, viewOnScreen } from '../support/sky-on-screen.ts';
import { startVisit, type Visit } from '../support/visit.ts';

/** More sessions than fit into a window. */
const SESSIONS = 8;

/** State in the URL, the back button, and the scroll position of the list. */
describeWithBrowser('browser history and URL', () => {
  let world: GatewayWorld;
  let browser: Browser;
  let visit: Visit;
  const ids: number[] = [];

  beforeAll(async () => {
    [world, browser] = await Promise.all([createGatewayWorld(), launchBrowser()]);
    const first = await startTestScan(world, { rows: 3, columns: 4 });
    await first.setStatus('running');
    await first.measure(12);
    await first.untilStored(12);
    ids.push(first.id);
    const row = await startTestScan(world);
    await row.setStatus('running');
    await row.measure(10);
    await row.untilStored(10);
    ids.push(row.id);
    for (let n = 2; n < SESSIONS; n++) ids.push((await startTestScan(world, undefined, first.rotorId)).id);
    for (const id of ids) await world.gateway.post(`/api/skyscan/${id}/cancel`);
    await until('all are cancelled', async () => {
      const { body } = await world.gateway.get('/api/skyscan/sessions?status=cancelled');
      return (body as unknown[]).length === SESSIONS;
    });
    visit = await startVisit(browser, world.gateway.url, 'phone');
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  const address = () => new URL(visit.page.url()).hash;
  const has = (...parts: string[]) =>
    until(`${parts.join(' and ')} in ${address()}`, () =>
      parts.every((part) => decodeURIComponent(address()).includes(part)),
    );
  const scrolled = () => visit.page.evaluate<number>('scrollY');
  const button = (name: string) => visit.page.getByRole('button', { name, exact: true });
  const tab = (name: string) => visit.page.getByRole('link', { name, exact: true });
  const pressed = (name: string) => button(name).and(visit.page.locator('[aria-pressed=true]')).waitFor();
  const title = () => visit.page.title();

  test('filters are history entries, and the list restores its scroll position', async () => {
    const { page } = visit;
    await visit.open('scan/sessions');
    await page
      .locator('article')
      .nth(SESSIONS - 1)
      .waitFor();
    await page.getByLabel('Status').selectOption('cancelled');
    await has('status=cancelled');
    const link = page.getByRole('link', { name: `Session ${ids[0]}`, exact: true });
    await link.scrollIntoViewIfNeeded();
    await until('the page has scrolled', async () => (await scrolled()) > 300);
    const place = await scrolled();
    // The scroll position is saved once scrolling has stopped.
    await until(
      'the scroll position is saved',
      async () => (await page.evaluate<number | undefined>('history.state?.scrollY')) === place,
    );
    await link.click();
    await page.getByRole('heading', { level: 1, name: `Session ${ids[0]}`, exact: true }).waitFor();
    expect(await title()).toBe(`Session ${ids[0]} - Sky Scan`);
    await page.goBack();
    await has('status=cancelled');
    await until('the list is where it was', async () => Math.abs((await scrolled()) - place) <= 2);
    await page.goBack();
    await until('the filter is gone', () => !address().includes('status'));
    expect(await page.getByLabel('Status').inputValue()).toBe('');
    expect(visit.faults).toEqual([]);
  });

  test('cell, projection and range are in the URL, survive a reload, and are not history entries', async () => {
    const { page } = visit;
    await visit.open('scan/sessions');
    await visit.open(`scan/sessions/${ids[0]}`);
    await button('Rectangular').click();
    await button('Manual range').click();
    await page.getByLabel(/^Lowest level/).fill('-110');
    await page.getByLabel(/^Highest level/).fill('-20');
    await page.getByText('Known objects').click();
    await page.getByLabel('Milky Way').check();
    await page.getByText(/^Site 1 has no place/).waitFor();
    await page.getByRole('application').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
    await has('projection=rectangular', 'range=-110,-20', 'cell=1,1', 'overlays=milky_way');

    await page.reload();
    await pressed('Rectangular');
    await pressed('Manual range');
    expect(await page.getByLabel(/^Lowest level/).inputValue()).toBe('-110');
    expect(await page.getByText(/must be at least/).count()).toBe(0);
    expect(await page.getByLabel('Milky Way').isChecked()).toBe(true);

    // None of this is a history entry: going back once leads to the list.
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: 'Sessions' }).waitFor();
    await page.goForward();
    await pressed('Rectangular');
    await has('range=-110,-20', 'cell=1,1', 'overlays=milky_way');

    // The tabs are pages with the same selection.
    await tab('Levels').click();
    await has('/levels?', 'cell=1,1');
    await page.getByText('The vertical line marks the median.').waitFor();
    await tab('Cuts').click();
    await page.getByText('Row 2 of 3').waitFor();
    await page.getByText('Column 2 of 4').waitFor();
    await has('/cuts?', 'projection=rectangular', 'range=-110,-20', 'cell=1,1');
    await page.goBack();
    await page.getByText('The vertical line marks the median.').waitFor();
    await page.goBack();
    await pressed('Rectangular');
    expect(visit.faults).toEqual([]);
  });

  test.each([
    ['start', 'scan', 'Start a scan'],
    ['sessions?status=cancelled', 'scan/sessions?status=cancelled', 'Sessions'],
    ['rotors', 'station', 'Station'],
  ])('the address %s of older versions is now %s', async (old, current, name) => {
    const { page } = visit;
    await visit.open('');
    await visit.open(old);
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    expect(address()).toBe(`#/${current}`);
    expect(visit.faults).toEqual([]);
  });

  test('the analysis in an address of older versions is now a tab', async () => {
    await visit.open(`sessions/${ids[0]}?analysis=levels&cell=1%2C1`);
    await visit.page.getByText('The vertical line marks the median.').waitFor();
    await has(`#/scan/sessions/${ids[0]}/levels?cell=1,1`);
    expect(visit.faults).toEqual([]);
  });

  test('a scan of one row is drawn as a strip and has no elevation profile', async () => {
    const { page } = visit;
    await visit.open(`scan/sessions/${ids[1]}`);
    await page.locator('[data-phase=ended]').waitFor({ state: 'attached' });
    await button('Fit').waitFor();
    expect(await button('Polar').count()).toBe(0);
    await saveScreenshot(page, 'one-row-phone', true);
    await tab('Cuts').click();
    await page.getByText(/^This scan has one row, at elevation 10°/).waitFor();
    await page.getByText('10 of 10 cells are measured').waitFor();
    await saveScreenshot(page, 'one-row-cuts-phone', true);
    await visit.open(`scan/compare/${ids[1]}/${ids[1]}`);
    await page.getByText('Both have the same grid of 10 cells.').waitFor();
    expect(await button('Polar').count()).toBe(0);
    await saveScreenshot(page, 'one-row-compare-phone', true);
    await visit.open('scan/sessions');
    const card = page.locator('article', {
      has: page.getByRole('link', { name: `Session ${ids[1]}`, exact: true }),
    });
    await card.scrollIntoViewIfNeeded();
    await card.locator('img[src^="blob:"]').waitFor();
    await saveScreenshot(page, 'one-row-list-phone');
    expect(visit.faults).toEqual([]);
  });

  test('a point that a refinement adds while the page is open is drawn, selected and kept in the URL', async () => {
    const { page } = visit;
    const grid = { step_deg: 2, az_end: 18 };
    const scan = await startTestScan(world, undefined, undefined, { ...grid, refine: { step_deg: 1 } });
    await scan.setStatus('running');
    await scan.measure(10, -100);
    await visit.open(`scan/sessions/${scan.id}?cell=1,0`);
    await page.locator('[data-phase=live]').waitFor({ state: 'attached' });
    await page.getByText('10 of 10 points').waitFor();
    const added = { azimuth: 5 / Math.cos(Math.PI / 18), elevation: 10 };
    const pointing = { azimuthDeg: added.azimuth, elevationDeg: added.elevation };
    const grown = world.orchestrator.refine(scan.id, [pointing], 'Refined 1 detection.');
    await world.publish(`skyscan/sessions/${scan.id}/status`, grown, true);
    await page.getByText('The rotor is measuring the added points.').waitFor();
    await scan.measure(1, -60);
    await page.getByRole('status').getByText('az 5.1° el 10.0°: −60.0 dBFS').waitFor();
    await has('cell=1,0');
    // Its cell is 1 degree high, that of the grid around it 2 degrees.
    const bounds = {
      kind: 'rectangular' as const,
      azStartDeg: 0,
      azEndDeg: 18,
      elStartDeg: 10,
      elEndDeg: 10,
    };
    const map = mapOf({ ...bounds, stepDeg: 2 }, []);
    const view = await viewOnScreen(page, map, 'rectangular');
    const at = [added, { ...added, elevation: 10.7 }].flatMap((place) =>
      probesInCell(view, map, 'rectangular', 0.1, place),
    );
    await until('the colours of both cells', async () => {
      const colours = await coloursOnScreen(page, at);
      return [paletteOf('viridis')[255], paletteOf('viridis')[0]].every((colour, n) =>
        colours.slice(n * 5, n * 5 + 5).some((seen) => seen.join() === colour?.join()),
      );
    });
    await page.locator('[role=application]').focus();
    // The cells at 0, 2 and 4 degrees, then the added one.
    for (let presses = 0; presses < 4; presses++) await page.keyboard.press('ArrowRight');
    await page.getByText('azimuth 5.08°, elevation 10°: −60.0 dBFS').waitFor({ state: 'attached' });
    await scan.setStatus('cancelled');
    expect(visit.faults).toEqual([]);
  });

  test.each(['cell=99,0', 'cell=0,99', 'cell=-1,x', 'range=5,1', 'range=a,b', 'projection=mercator'])(
    'a URL with %s shows the page without it',
    async (query) => {
      const { page } = visit;
      await visit.open('scan/sessions');
      await visit.open(`scan/sessions/${ids[0]}?${query}`);
      await page.locator('[data-phase=ended]').waitFor({ state: 'attached' });
      await pressed('Auto range');
      await until('the invalid parameter is removed', () => !decodeURIComponent(address()).includes(query));
      expect(visit.faults).toEqual([]);
    },
  );
});
