import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Alert } from '#contract/rest/alerts';
import { freePort } from '#shared/runtime/free-port';
import { violationsOf } from '../support/axe.ts';
import { baselineCalls, createBaselineSky, type BaselineSky } from '../support/baseline-sky.ts';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { startFakeAnalyst, type FakeAnalyst } from '../support/fake-analyst.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { until } from '../support/until.ts';
import { startVisit, type Visit } from '../support/visit.ts';
import { LOOKS } from './pages.ts';
import { saveScreenshot } from './world.ts';

const NEW = { azimuthDeg: 110, elevationDeg: 30, amplitude: 0.5 };
const USUAL_DAYS = 5;

/** Baselines, changes and alerts. The arithmetic is that of a simple service. */
describeWithBrowser('the watch pages in a browser', () => {
  let analyst: FakeAnalyst;
  let world: GatewayWorld;
  let browser: Browser;
  let sky: BaselineSky;
  let changed: number;
  let alertId: number;
  const calls = baselineCalls(() => world.gateway);

  beforeAll(async () => {
    const port = await freePort();
    analyst = await startFakeAnalyst(port);
    const env = {
      SKY_ANALYST_ADDRESS: `127.0.0.1:${port}`,
      SEARCH_SESSIONS: 'on_request',
      ALERT_NETWORKS: '127.0.0.0/8',
    };
    [world, browser] = await Promise.all([createGatewayWorld(env), launchBrowser()]);
    const { rotorId } = await startTestScan(world);
    sky = await createBaselineSky(world, rotorId);
    for (let day = 0; day < USUAL_DAYS; day++) await sky.scan(day);
  });
  afterAll(async () => {
    await browser.close();
    await sky.close();
    await world.close();
    await analyst.close();
  });

  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { level: 1, name }).waitFor();

  test('a baseline is created from a schedule, and a session is excluded, with undo', async () => {
    const visit = await startVisit(browser, world.gateway.url);
    const { page } = visit;
    await visit.open('watch');
    await page.getByRole('link', { name: 'Create one' }).click();
    await page.getByRole('button', { name: 'Create baseline' }).waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('');
    await page.getByRole('button', { name: 'Create baseline' }).click();
    await page.getByText('Must not be empty').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Night sky');
    await page.getByRole('button', { name: 'Create baseline' }).click();
    await heading(page, 'Night sky');
    await calls.settled(1, USUAL_DAYS);
    await page.getByRole('heading', { name: 'Spread' }).waitFor();
    await page
      .getByRole('button', { name: /^Exclude session/ })
      .first()
      .click();
    await page.getByRole('button', { name: /^Undo: Excluded/ }).click();
    await until('it is included again', async () => {
      const [newest] = await calls.members(1);
      return newest?.status === 'included' && newest.is_by_user;
    });
    expect(visit.faults).toEqual([]);
    await visit.close();
  });

  test('a change raises an alert, which is acknowledged, with undo', async () => {
    await calls.settled(1, USUAL_DAYS);
    changed = await sky.scan(USUAL_DAYS, [NEW]);
    await calls.look(1);
    await calls.settled(1, USUAL_DAYS + 1);
    const alerts = async () => (await world.gateway.get('/api/alerts')).body as Alert[];
    const alert = await until('an alert', async () => (await alerts()).find(({ kind }) => kind === 'new'));
    alertId = alert.id;
    const visit = await startVisit(browser, world.gateway.url);
    const { page } = visit;
    await visit.open('watch');
    const row = page.locator(`[data-alert="${alertId}"]`);
    await row.getByText(/^New since .*: 1\d\d°/).waitFor();
    await row.getByRole('button', { name: /^Acknowledge/ }).click();
    await page.getByRole('button', { name: /^Undo: Acknowledged/ }).click();
    await row.waitFor();
    await row.getByRole('link').click();
    await heading(page, alert.title);
    const history = page.getByRole('region', { name: 'History of the alert' });
    for (const event of ['Acknowledged', 'Reopened'])
      await history.getByText(event, { exact: true }).waitFor();
    await page.getByText(/° ± /).first().waitFor();
    await page.getByRole('link', { name: `Changes in session ${changed}` }).click();
    await page.getByRole('button', { name: 'Change 1', exact: true, pressed: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Change 1', exact: true, pressed: false }).waitFor();
    await page.keyboard.press(']');
    await page.getByRole('button', { name: 'Change 1', exact: true, pressed: true }).waitFor();
    const values = page.getByRole('group', { name: 'Value of the map' });
    await values.getByRole('button', { name: 'Change', exact: true }).click();
    await page.getByText('symmetric around 0').waitFor();
    expect(visit.faults).toEqual([]);
    await visit.close();
  });

  test('a channel has a secret that is never shown, a rule sends to it, and its test says why it fails', async () => {
    const visit = await startVisit(browser, world.gateway.url);
    const { page } = visit;
    await visit.open('watch/rules');
    await page.getByRole('button', { name: 'New channel' }).click();
    const channel = page.getByRole('form', { name: 'New channel' });
    await channel.getByLabel('Name').fill('Club');
    await channel.getByRole('button', { name: 'Create channel' }).click();
    await channel.getByText(/Must be an address/).waitFor();
    await channel.getByLabel('Address').fill(`http://127.0.0.1:${await freePort()}/hook`);
    await channel.getByLabel('Secret', { exact: true }).fill('a-secret-of-the-club');
    await channel.getByRole('button', { name: 'Create channel' }).click();
    await page.getByText('with a stored secret').waitFor();
    expect(await page.content()).not.toContain('a-secret-of-the-club');
    await page.getByRole('button', { name: 'Test Club' }).click();
    await page.getByText('The test message was not delivered').waitFor();
    await page.getByRole('button', { name: 'New rule' }).click();
    const rule = page.getByRole('form', { name: 'New rule' });
    await rule.getByLabel('Name').fill('Club rule');
    await rule.getByLabel('Of the latest sessions').fill('1');
    await rule.getByLabel('Club').check();
    await rule.getByRole('button', { name: 'Create rule' }).click();
    await rule.getByText('Must be at most raise_of').waitFor();
    await rule.getByLabel('Seen in sessions').fill('1');
    await rule.getByRole('button', { name: 'Create rule' }).click();
    await page.getByText(/^Sent to Club\./).waitFor();
    expect(visit.faults).toEqual([]);
    await visit.close();
  });

  test.each(LOOKS)('the pages are accessible and fit the window: %s, %s', async (size, theme) => {
    const visit: Visit = await startVisit(browser, world.gateway.url, size, theme);
    const { page } = visit;
    const pages: [name: string, path: string, sign: () => Promise<unknown>][] = [
      ['watch', 'watch', () => page.getByRole('option').last().waitFor()],
      ['baselines', 'watch/baselines', () => page.getByRole('link', { name: 'Night sky' }).waitFor()],
      ['baseline', 'watch/baselines/1', () => page.getByRole('heading', { name: 'Spread' }).waitFor()],
      ['alerts', 'watch/alerts', () => page.getByRole('cell', { name: 'Open' }).first().waitFor()],
      ['alert', `watch/alerts/${alertId}`, () => page.getByRole('img', { name: /change$/ }).waitFor()],
      ['rules', 'watch/rules', () => page.getByText(/^Sent to Club\./).waitFor()],
      [
        'session-changes',
        `scan/sessions/${changed}/changes`,
        () => page.getByRole('button', { name: 'Change 1', exact: true }).waitFor(),
      ],
    ];
    for (const [name, path, sign] of pages) {
      await visit.open(path);
      await sign();
      expect([name, await violationsOf(page)]).toEqual([name, []]);
      const wideBy = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect([name, wideBy]).toEqual([name, 0]);
      await saveScreenshot(page, `${name}-${size}-${theme}`, true);
    }
    expect(visit.faults).toEqual([]);
    await visit.close();
  });
});
