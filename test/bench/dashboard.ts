import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import type { Browser } from 'playwright-core';
import { launchBrowser, browserUnavailableReason } from '../support/browser.ts';
import { startBenchGateway, type BenchGateway } from './bench-gateway.ts';
import { brushOnPage } from './dashboard-brush.ts';
import { drawOnPage, panOnPage } from './dashboard-drawing.ts';
import { liveOnPage } from './dashboard-live.ts';
import { figure, type Figure, type Row } from './row.ts';
import { startVisit } from '../support/visit.ts';
import { addSky, SKIES } from './sky-session.ts';
import { median } from './statistics.ts';

// The frame rate of a 60 Hz display never exceeds 60.
const SIXTY_HZ = 59.5;

/** The dashboard in a browser: download size, time to the first map, and frame rate. */
export const dashboard: Row = {
  name: 'dashboard',
  async run({ quick }) {
    const reason = browserUnavailableReason();
    if (reason !== undefined) return { notAvailable: reason };
    const world = await startBenchGateway();
    const client = new Client({ connectionString: world.databaseUrl });
    let browser: Browser | undefined;
    try {
      browser = await launchBrowser();
      const rotor = (await world.gateway.post('/api/rotors', { name: 'watched', min_elevation: 0 })).body as {
        id: number;
      };
      await client.connect();
      const small = await addSky(client, rotor.id, SKIES.small);
      const middle = await addSky(client, rotor.id, SKIES.middle);
      const large = quick ? undefined : await addSky(client, rotor.id, SKIES.large);
      const times = quick ? 1 : 5;
      const figures = [
        figure('scripts and styles of all pages, gzipped', gzippedKb(), 'kB'),
        figure('first load of a session, gzipped', await firstLoadKb(browser, world, small), 'kB', {
          max: 150,
        }),
        figure(
          'first map on screen, 900 cells',
          median(await drawOnPage(browser, world.gateway, small, SKIES.small, times)),
          'ms',
          { max: 1_000 },
        ),
        figure(
          '100,000 cells on screen, from the API',
          median(await drawOnPage(browser, world.gateway, middle, SKIES.middle, times)),
          'ms',
          { max: 1_500 },
        ),
        ...(await liveOnPage(browser, world, rotor.id, quick)),
        ...(await panOnPage(browser, world.gateway, middle, '100,000 cells', { min: SIXTY_HZ })),
        ...(await brushOnPage(browser, world.gateway, client, quick ? 3 : 10)),
      ];
      if (large === undefined) return figures;
      return [
        ...figures,
        ...(await panOnPage(browser, world.gateway, large, '1,000,000 cells')),
        ...(await pictureOf(world, large)),
      ];
    } finally {
      await browser?.close();
      await client.end();
      await world.stop();
    }
  },
};

const ASSETS = fileURLToPath(new URL('../../dist/services/dashboard/', import.meta.url));

/** Compressed size of the dashboard without the font. */
function gzippedKb(): number {
  const files = readdirSync(ASSETS, { recursive: true, encoding: 'utf8' });
  const texts = files.filter((file) => /\.(js|css|html)$/.test(file));
  return (
    texts.reduce((sum, file) => sum + gzipSync(readFileSync(ASSETS + file), { level: 9 }).length, 0) / 1000
  );
}

/** The same of what a browser loads for the page of a session without spectra. */
async function firstLoadKb(browser: Browser, { gateway }: BenchGateway, id: number): Promise<number> {
  const visit = await startVisit(browser, gateway.url);
  const texts: Promise<Buffer>[] = [];
  visit.page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (/(\/|\.js|\.css)$/.test(pathname)) texts.push(response.body());
  });
  await visit.open(`scan/sessions/${id}`);
  await visit.page.locator('[data-phase=ended]').waitFor({ state: 'attached' });
  const bytes = (await Promise.all(texts)).reduce(
    (sum, text) => sum + gzipSync(text, { level: 9 }).length,
    0,
  );
  await visit.close();
  return bytes / 1000;
}

async function pictureOf(world: BenchGateway, id: number): Promise<Figure[]> {
  const draw = async () => {
    const from = performance.now();
    const response = await fetch(`${world.gateway.url}/api/skyscan/${id}/map.png?size=1600`);
    await response.arrayBuffer();
    if (response.status !== 200) throw new Error(`map.png: ${response.status}`);
    return performance.now() - from;
  };
  await world.process.maxBlockMs();
  const tookMs = await draw();
  const name = 'map.png of 1,000,000 cells';
  return [
    figure(`${name}: time`, tookMs / 1000, 's'),
    figure(`${name}: longest block of the gateway`, await world.process.maxBlockMs(), 'ms', { max: 50 }),
  ];
}
