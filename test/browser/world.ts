import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { GridBounds } from '#shared/sky/grid-shape';
import { mapOf, type MapPoint } from '../support/sky-on-screen.ts';
import { launchBrowser } from '../support/browser.ts';
import { callApi } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';
import { startVisit, type Visit } from '../support/visit.ts';
import { addRotor } from '../support/whole-scan.ts';

/** The scan of the browser tests: long enough for all of them. */
export const SCAN = { az_start: 0, az_end: 75, el_start: 20, el_end: 65, step_deg: 5, rssi_iterations: 20 };
export const TOTAL = 160;
const BOUNDS: GridBounds = {
  kind: 'rectangular',
  azStartDeg: SCAN.az_start,
  azEndDeg: SCAN.az_end,
  elStartDeg: SCAN.el_start,
  elEndDeg: SCAN.el_end,
  stepDeg: SCAN.step_deg,
};

/** A point as returned by `/measurements`. */
export interface Measurement extends MapPoint {
  seq: number;
  unit: string;
  readback: { azimuth: number; elevation: number };
  std_db: number;
  min_dbm: number;
  max_dbm: number;
  reads: number;
}

/** A complete stack and a browser behind a proxy that can be cut. */
export interface BrowserWorld {
  stack: TestStack;
  /** The proxy between the browser and the gateway. */
  connection: TcpProxy;
  browser: Browser;
  /** Of the pages. */
  origin: string;
  rotorId: number;
  /** The visit that controls the scan, in a desktop window. */
  visit: Visit;
  /** Set once the form has started the scan. */
  sessionId: number;
  measurements(): Promise<Measurement[]>;
  close(): Promise<void>;
}

export async function createBrowserWorld(): Promise<BrowserWorld> {
  const [stack, browser] = await Promise.all([startTestStack(), launchBrowser()]);
  const rotorId = await addRotor(stack);
  const connection = await startTcpProxy({ targetPort: Number(new URL(stack.httpUrl).port) });
  const origin = `http://${connection.address}`;
  const world: BrowserWorld = {
    stack,
    connection,
    browser,
    origin,
    rotorId,
    visit: await startVisit(browser, origin),
    sessionId: 0,
    measurements: () => callApi(stack, 'GET', `/api/skyscan/${world.sessionId}/measurements`),
    async close() {
      await browser.close();
      await connection.close();
      await stack.stop();
    },
  };
  return world;
}

/** The map from the current points of the API. */
export async function mapNow(world: BrowserWorld) {
  const points = await world.measurements();
  return { points, map: mapOf(BOUNDS, points) };
}

const ARTIFACTS = fileURLToPath(new URL('../../artifacts/', import.meta.url));

/**
 * With SCREENSHOTS=1: saves a screenshot under `artifacts/`, for people to look at. Drawing a whole
 * page takes as long as a test.
 */
export async function saveScreenshot(page: Page, name: string, fullPage = false): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  mkdirSync(ARTIFACTS, { recursive: true });
  await page.screenshot({ path: `${ARTIFACTS}${name}.png`, fullPage });
}
