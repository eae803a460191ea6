import { PROJECTIONS } from '#contract/map-options';
import { readFile } from 'node:fs/promises';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { figureView } from '#sky-map/figure';
import { fitGrid } from '#sky-map/grid-box';
import { createProjection } from '#sky-map/projections';
import type { View } from '#sky-map/view';
import {
  coloursOnScreen,
  probesInCell,
  viewOnScreen,
  miscolouredCells,
  type Colour,
} from '../support/sky-on-screen.ts';
import { until } from '../support/until.ts';
import { saveScreenshot, mapNow, SCAN, TOTAL, type BrowserWorld } from './world.ts';

const NAMES = { polar: 'Polar', rectangular: 'Rectangular' };
const PICTURE_PX = 1600;

/** The page of a finished scan: its map and its downloads. */
export function finishedScanTests(world: () => BrowserWorld): void {
  const page = () => world().visit.page;

  async function downloaded(name: string): Promise<{ file: string; bytes: Buffer }> {
    const coming = page().waitForEvent('download');
    await page().getByRole('button', { name, exact: true }).click();
    const download = await coming;
    return { file: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }

  /** Probe pixels of all cells, in order. */
  async function probes(view: View, projection: keyof typeof NAMES) {
    const { points, map } = await mapNow(world());
    const places = points.flatMap(({ setpoint }) =>
      probesInCell(view, map, projection, SCAN.step_deg, setpoint),
    );
    return { points, map, places };
  }

  test.each(PROJECTIONS)('%s projection: every cell has the colour of its level', async (projection) => {
    await page().getByRole('button', { name: NAMES[projection], exact: true }).click();
    const { map } = await mapNow(world());
    const { points, places } = await probes(await viewOnScreen(page(), map, projection), projection);
    expect(points).toHaveLength(TOTAL);
    let wrong: string[] = [];
    await until('the colours', async () => {
      wrong = miscolouredCells(map, points, await coloursOnScreen(page(), places));
      return wrong.length === 0;
    }).catch((error: unknown) => {
      throw new Error(wrong.join('\n'), { cause: error });
    });
    await saveScreenshot(page(), `completed-${projection}`);
  });

  test('Fit zooms to the scan, and All shows the whole sky again', async () => {
    await page().getByRole('button', { name: NAMES.polar, exact: true }).click();
    const { points, map } = await mapNow(world());
    const whole = await viewOnScreen(page(), map, 'polar');
    const fitted = fitGrid(whole, map, createProjection('polar', map));
    expect(fitted.pxPerDegX).toBeGreaterThan(1.5 * whole.pxPerDegX);
    const shows = (view: View) =>
      until('the colours', async () => {
        const { places } = await probes(view, 'polar');
        return miscolouredCells(map, points, await coloursOnScreen(page(), places)).length === 0;
      });
    await page().getByRole('button', { name: 'Fit', exact: true }).click();
    await shows(fitted);
    await saveScreenshot(page(), 'fit');
    await page().waitForURL(/[?&]fit=true/);
    await page().reload();
    await shows(fitted);
    await page().getByRole('button', { name: 'All', exact: true }).click();
    await shows(whole);
    await page().waitForURL((url) => !url.hash.includes('fit='));
    // The same with the keyboard.
    await page().getByRole('application').focus();
    await page().keyboard.press('f');
    await shows(fitted);
    await page().keyboard.press('0');
    await shows(whole);
  });

  test.each(PROJECTIONS)('PNG download, %s projection: the server draws the same map', async (projection) => {
    await page().getByRole('button', { name: NAMES[projection], exact: true }).click();
    const { file, bytes } = await downloaded('PNG');
    expect(file).toBe(`session-${world().sessionId}.png`);
    const image = await loadImage(bytes);
    expect(image.width).toBe(PICTURE_PX);
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const { map } = await mapNow(world());
    const { points, places } = await probes(
      figureView({ map, projection, fit: false }, PICTURE_PX),
      projection,
    );
    const colours = places.map(({ x, y }): Colour => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
    expect(miscolouredCells(map, points, colours)).toEqual([]);
  });

  test('CSV and JSON downloads contain every point of the API', async () => {
    const points = await world().measurements();
    const json = await downloaded('JSON');
    expect(json.file).toBe(`session-${world().sessionId}.json`);
    expect(JSON.parse(json.bytes.toString())).toEqual(points);
    const csv = await downloaded('CSV');
    const [head = '', ...lines] = csv.bytes.toString().trimEnd().split(/\r?\n/);
    expect(lines).toHaveLength(TOTAL);
    const column = head.split(',').indexOf('mean_dbm');
    expect(lines.map((line) => Number(line.split(',')[column]))).toEqual(
      points.map(({ mean_dbm }) => mean_dbm),
    );
  });

  test('a manually set range applies to the legend', async () => {
    await page().getByRole('button', { name: 'Manual range' }).click();
    await page()
      .getByLabel(/^Lowest level/)
      .fill('-120');
    await page()
      .getByLabel(/^Highest level/)
      .fill('0');
    await page().getByText('range: manual').waitFor();
    await page().getByText('\u2212100', { exact: true }).waitFor();
    await page()
      .getByLabel(/^Highest level/)
      .fill('-120');
    await page()
      .getByText(/must be at least 0.1 dB above/)
      .waitFor();
    await page().getByRole('button', { name: 'Auto range' }).click();
  });
}
