import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type Gateway, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { startVisit, type Visit } from '../support/visit.ts';
import { saveScreenshot } from './world.ts';

const KEY = 'a-key-of-more-than-sixteen-letters';

describeWithBrowser('a gateway with API keys, in a browser', () => {
  let world: GatewayWorld;
  let locked: Gateway;
  let browser: Browser;
  let scan: TestScan;
  let visit: Visit;

  beforeAll(async () => {
    [world, browser] = await Promise.all([createGatewayWorld(), launchBrowser()]);
    locked = await world.startGateway({ API_KEYS: KEY });
    scan = await startTestScan(world);
    await scan.setStatus('running');
    await scan.measure(3);
    visit = await startVisit(browser, locked.url);
  });
  afterAll(async () => {
    await browser.close();
    await locked.close();
    await world.close();
  });

  const give = async (key: string) => {
    await visit.page.getByLabel('Key', { exact: true }).fill(key);
    await visit.page.getByRole('button', { name: 'Use this key' }).click();
  };

  test('asks for the key and reports a wrong one', async () => {
    await visit.open(`scan/sessions/${scan.id}`);
    await visit.page.getByRole('heading', { name: 'API key' }).waitFor();
    expect(await violationsOf(visit.page)).toEqual([]);
    await saveScreenshot(visit.page, 'key');
    await visit.page.keyboard.press('Escape');
    await visit.page.getByText('Missing or wrong API key. Enter the API key to continue').waitFor();
    expect(await visit.page.getByText('Retrying').count()).toBe(0);
    await visit.page.getByRole('button', { name: 'Enter key' }).click();
    await give('another-key-of-many-letters');
    await visit.page.getByRole('dialog').getByText('Missing or wrong API key').waitFor();
  });

  test('with the right key the map updates live over the WebSocket', async () => {
    await give(KEY);
    await visit.page.locator('[data-phase=live]').waitFor({ state: 'attached' });
    await visit.page.getByText('3 of 10 points').waitFor();
    await scan.measure(2);
    await visit.page.getByText('5 of 10 points').waitFor();
    expect(visit.seqs(scan.id)).toEqual([1, 2, 3, 4, 5]);
  });

  test('downloads send the key, and URLs do not contain it', async () => {
    const asked: string[] = [];
    visit.page.on('request', (request) => asked.push(request.url()));
    for (const name of ['PNG', 'CSV', 'JSON']) {
      // The first image waits for the start of the drawing process.
      const coming = visit.page.waitForEvent('download', { timeout: 60_000 });
      await visit.page.getByRole('button', { name, exact: true }).click();
      expect(await (await coming).failure()).toBeNull();
    }
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.filter((url) => url.includes(KEY))).toEqual([]);
  });

  test('keeps the key only when requested', async () => {
    const kept = () => visit.page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })');
    expect(await kept()).not.toContain(KEY);
    await visit.page.reload();
    await visit.page.getByLabel('Remember in this browser').check();
    await give(KEY);
    await visit.page.locator('[data-phase=live]').waitFor({ state: 'attached' });
    expect(await kept()).toContain(KEY);
    await visit.page.reload();
    await visit.page.locator('[data-phase=live]').waitFor({ state: 'attached' });
    await visit.page.getByRole('button', { name: 'Forget the API key' }).click();
    await visit.page.getByRole('heading', { name: 'API key' }).waitFor();
    expect(await kept()).not.toContain(KEY);
    expect(visit.faults).toEqual([]);
  });
});
