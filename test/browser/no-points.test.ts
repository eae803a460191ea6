import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { getSession } from '../support/observer.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { SIZES, startVisit, type Visit } from '../support/visit.ts';
import { addRotor, startScan } from '../support/whole-scan.ts';
import { keepScreenshot } from './world.ts';

// Longer than everything that happens to it here; a point takes 0.2 s.
const SCAN = { az_end: 100, el_start: 20, el_end: 80, step_deg: 2, rssi_iterations: 20 };
const MEASURES = 'The rotor moves and the receiver measures.';

/**
 * One long scan, from which one part after the other is taken away: what its page says meanwhile.
 */
describeWithBrowser('a scan whose points stay away, in a browser', () => {
  let stack: TestStack;
  /** Between the browser and the gateway. */
  let connection: TcpProxy;
  let browser: Browser;
  let visit: Visit;
  let sessionId = 0;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
    connection = await startTcpProxy({ targetPort: Number(new URL(stack.httpUrl).port) });
    sessionId = await startScan(stack, await addRotor(stack, { read_ms: 10 }), SCAN);
    visit = await startVisit(browser, `http://${connection.address}`);
    await visit.open(`sessions/${sessionId}`);
  });
  afterAll(async () => {
    await browser.close();
    await connection.close();
    await stack.stop();
  });

  const simulate = (faults: object) => stack.simulator('POST', '/faults', faults);
  const CASES: {
    what: string;
    begin: () => unknown;
    end: () => unknown;
    says: RegExp;
  }[] = [
    {
      what: 'rotctld refuses',
      begin: () => simulate({ rotctld_refuse: true }),
      end: () => simulate({ rotctld_refuse: false }),
      says: /No point for \d+ s: .*rotctld at 127\.0\.0\.1:\d+/,
    },
    {
      what: 'the dongle is silent',
      begin: () => simulate({ dongle_silent: true }),
      end: () => simulate({ dongle_silent: false }),
      says: /No point for \d+ s: .*(receiver|rtl_tcp)/,
    },
    {
      what: 'scan-orchestrator is away',
      begin: () => stack.down('scan-orchestrator'),
      end: () => stack.up('scan-orchestrator'),
      says: /Was running when it was last heard of\. .* not known: scan-orchestrator cannot be reached\. Check/,
    },
    {
      what: 'the broker is away',
      begin: () => stack.down('mqtt-broker'),
      end: () => stack.up('mqtt-broker'),
      says: /Points come late: the MQTT broker cannot be reached\. Check/,
    },
    {
      what: 'the database is away',
      begin: () => stack.down('postgres'),
      end: () => stack.up('postgres'),
      says: /Points come late: the database cannot be reached\. Check/,
    },
    {
      what: 'the connection is refused',
      begin: () => connection.setWeather({ kind: 'refuse' }),
      end: () => connection.setWeather({ kind: 'clear' }),
      says: /not known: The connection to Sky Scan is lost\. Check/,
    },
    {
      what: 'the connection is frozen',
      begin: () => connection.setWeather({ kind: 'silent' }),
      end: () => connection.setWeather({ kind: 'clear' }),
      says: /not known: (Sky Scan does not answer|The connection to Sky Scan is lost)\. Check/,
    },
  ];

  // One after the other: what is over has to be forgotten, too.
  test.for(CASES)('$what: the page says so, and nothing else', async ({ what, begin, end, says }) => {
    const { page } = visit;
    await isLive();
    await begin();
    // One look: what it would say of a scan that measures is gone in the moment in which the reason
    // is there.
    const shown = await until('the reason', async () => {
      const text = await page.getByRole('main').innerText();
      return says.test(text) && text;
    });
    expect(shown).not.toContain(MEASURES);
    expect(shown).toMatch(/Rate\s+–\s+Time left\s+–/);
    expect(shown).not.toMatch(/^Live$/m);
    if (what.startsWith('scan-orchestrator')) {
      for (const size of ['desktop', 'phone'] as const) {
        await page.setViewportSize(SIZES[size]);
        // What steers the scan is on the first screen, and Stop on every one.
        await page.evaluate('scrollTo(0, 0)');
        for (const name of ['Pause', 'Cancel scan', 'Stop rotor'])
          expect(await isOnScreen(page, name)).toBe(true);
        await page.getByText(says).first().scrollIntoViewIfNeeded();
        expect(await isOnScreen(page, 'Stop rotor')).toBe(true);
        await keepScreenshot(page, `orchestrator-away-${size}`);
      }
      await page.setViewportSize(SIZES.desktop);
    }
    await end();
  });

  test('with all of them back points come live again', async () => {
    await isLive();
    expect(visit.faults).toEqual([]);
  });

  /** Whether a button is in the window as a whole. */
  async function isOnScreen(page: Page, name: string): Promise<boolean> {
    const box = await page.getByRole('button', { name, exact: true }).boundingBox();
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    return (
      box !== null && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height
    );
  }

  async function isLive(): Promise<void> {
    const { completed_points: before } = await until('the session', () => getSession(stack, sessionId));
    await until(
      'more points',
      async () => (await getSession(stack, sessionId)).completed_points > before + 2,
    );
    await visit.page.getByText(MEASURES).waitFor();
    await visit.page.getByText('Live', { exact: true }).waitFor();
  }
});
