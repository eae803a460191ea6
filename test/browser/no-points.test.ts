import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { getSession } from '../support/stack-client.ts';
import { LARGE_BLOCKS, startTestStack, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';
import { SIZES, startVisit, type Visit } from '../support/visit.ts';
import { addRotor, startScan } from '../support/whole-scan.ts';
import { saveScreenshot } from './world.ts';

// Long enough for all tests of this file; a point takes 0.2 s.
const SCAN = { az_end: 100, el_start: 20, el_end: 80, step_deg: 2, rssi_iterations: 20 };
const MEASURES = 'The rotor is scanning the grid.';

/** One long scan during which services fail one after the other, and the messages on its page. */
describeWithBrowser('a scan without new points, in a browser', () => {
  let stack: TestStack;
  /** A proxy between the browser and the gateway. */
  let connection: TcpProxy;
  let browser: Browser;
  let visit: Visit;
  let sessionId = 0;

  beforeAll(async () => {
    [stack, browser] = await Promise.all([startTestStack({ env: LARGE_BLOCKS }), launchBrowser()]);
    connection = await startTcpProxy({ targetPort: Number(new URL(stack.httpUrl).port) });
    sessionId = await startScan(stack, await addRotor(stack, { read_ms: 10 }), SCAN);
    visit = await startVisit(browser, `http://${connection.address}`);
    await visit.open(`scan/sessions/${sessionId}`);
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
      says: /Last known status: running\. .* unknown: scan-orchestrator cannot be reached\. Check/,
    },
    {
      what: 'the broker is away',
      begin: () => stack.down('mqtt-broker'),
      end: () => stack.up('mqtt-broker'),
      says: /Points arrive late: the MQTT broker cannot be reached\. Check/,
    },
    {
      what: 'the broker is frozen',
      begin: () => stack.freeze('mqtt-broker'),
      end: () => stack.thaw('mqtt-broker'),
      says: /Points arrive late: the MQTT broker (does not answer|cannot be reached)\. Check/,
    },
    {
      what: 'the database is away',
      begin: () => stack.down('postgres'),
      end: () => stack.up('postgres'),
      says: /Points arrive late: the database cannot be reached\. Check/,
    },
    {
      what: 'the connection is refused',
      begin: () => connection.setCondition({ kind: 'refuse' }),
      end: () => connection.setCondition({ kind: 'normal' }),
      says: /unknown: The connection to Sky Scan is lost\. Check/,
    },
    {
      what: 'the connection is frozen',
      begin: () => connection.setCondition({ kind: 'silent' }),
      end: () => connection.setCondition({ kind: 'normal' }),
      says: /unknown: (Sky Scan does not answer|The connection to Sky Scan is lost)\. Check/,
    },
  ];

  // In sequence: messages of earlier failures must disappear too.
  test.for(CASES)('$what: the page reports only this', async ({ what, begin, end, says }) => {
    const { page } = visit;
    await isLive();
    await begin();
    // Read once: the text of a measuring scan must disappear when the reason appears.
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
        // The scan controls are visible without scrolling, and Stop always.
        await page.evaluate('scrollTo(0, 0)');
        for (const name of ['Pause', 'Cancel scan', 'Stop rotor'])
          expect(await isOnScreen(page, name)).toBe(true);
        await page.getByText(says).first().scrollIntoViewIfNeeded();
        expect(await isOnScreen(page, 'Stop rotor')).toBe(true);
        await saveScreenshot(page, `orchestrator-away-${size}`);
      }
      await page.setViewportSize(SIZES.desktop);
    }
    await end();
  });

  test('shows live points again when all services are back', async () => {
    await isLive();
    expect(visit.faults).toEqual([]);
  });

  /** Whether a button is completely visible. */
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
