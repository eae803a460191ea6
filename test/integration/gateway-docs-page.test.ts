import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithBrowser, launchBrowser } from '../support/browser.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';

const PAGES: [string, string, string[]][] = [
  [
    '/docs',
    'Sky Scan API',
    ['/api/skyscan/start', '/api/skyscan/{session_id}/data', '/api/rotors/{rotor_id}/stop'],
  ],
  ['/docs/events', 'Sky Scan messages', ['/ws/skyscan/{session_id}', 'skyscan/rotors/{rotor_id}/position']],
];

describeWithBrowser('the API documentation pages in a browser', () => {
  let world: GatewayWorld;
  let browser: Browser;

  beforeAll(async () => {
    world = await createGatewayWorld();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  test.each(PAGES)(
    '%s shows its paths, loads nothing from other hosts, and complies with its policy',
    async (path, title, addresses) => {
      const origin = world.gateway.wsUrl.replace(/^ws/, 'http');
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      const complaints: string[] = [];
      const foreign: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(origin)) foreign.push(request.url());
      });
      await page.goto(`${origin}${path}`);
      expect(await page.title()).toBe(title);
      const text = await page.locator('body').innerText();
      for (const address of addresses) expect(text).toContain(address);
      // On a phone the page scrolls only vertically.
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
      // Styled by its own sheet, as the content security policy allows.
      const font = await page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily");
      expect(font).toContain('sans-serif');
      const dead = await page.evaluate(
        `[...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash).filter((hash) => !document.querySelector(hash))`,
      );
      expect(dead).toEqual([]);
      expect([complaints, foreign]).toEqual([[], []]);
    },
  );
});
