import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser } from '../support/browser.ts';
import { finishedTests } from './finished.ts';
import { pageTests } from './pages.ts';
import { startingTests } from './starting.ts';
import { steeringTests } from './steering.ts';
import { createBrowserWorld, type BrowserWorld } from './world.ts';

// One Sky Scan, one scan, one person with a browser, from the empty first page to the last look at
// every page: each part goes on where the one before has ended.
describeWithBrowser('somebody with a browser', () => {
  let world: BrowserWorld;

  beforeAll(async () => {
    world = await createBrowserWorld();
  });
  afterAll(() => world.close());

  startingTests(() => world);
  steeringTests(() => world);
  finishedTests(() => world);
  test('all the while: no error, nobody else asked, nothing refused by the security policy', () => {
    expect(world.visit.faults).toEqual([]);
  });
  pageTests(() => world);
});
