import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser } from '../support/browser.ts';
import { finishedScanTests } from './finished-scan.ts';
import { pageTests } from './pages.ts';
import { startFormTests } from './start-form.ts';
import { runningScanTests } from './running-scan.ts';
import { createBrowserWorld, type BrowserWorld } from './world.ts';

// One stack, one scan and one browser, from the empty first page to all pages of the finished scan:
// each part continues where the previous one ended.
describeWithBrowser('the dashboard in a browser', () => {
  let world: BrowserWorld;

  beforeAll(async () => {
    world = await createBrowserWorld();
  });
  afterAll(() => world.close());

  startFormTests(() => world);
  runningScanTests(() => world);
  finishedScanTests(() => world);
  test('causes no error, no request to another host, and no violation of the security policy', () => {
    expect(world.visit.faults).toEqual([]);
  });
  pageTests(() => world);
});
