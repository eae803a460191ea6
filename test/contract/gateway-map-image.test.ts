import { createCanvas, loadImage, type Image } from '@napi-rs/canvas';
import { beforeAll, describe, expect, test } from 'vitest';
import { paletteOf } from '#sky-map/palettes';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// 12 columns of 30 deg from north, rows at 10 and 40 deg; the upper row is half measured.
const SHAPE = { rows: 2, columns: 12 };
const GRID = { az_start: 0, az_end: 360, el_start: 10, el_end: 40, step_deg: 30 };
const MEASURED = 18;

const world = useGatewayWorld();
let scan: TestScan;

beforeAll(async () => {
  scan = await startTestScan(world, SHAPE, undefined, GRID);
  await scan.setStatus('running');
  // High levels in the east, low levels elsewhere.
  for (let n = 0; n < MEASURED; n++) await scan.measure(1, n % SHAPE.columns === 3 ? -60 : -100);
  await scan.untilStored(MEASURED);
});

const path = (query = '') => `/api/skyscan/${scan.id}/map.png${query}`;

interface Picture extends Image {
  /** Red, green, blue at a pixel. */
  at: (x: number, y: number) => number[];
}

async function picture(query: string, id = scan.id): Promise<Picture> {
  const response = await fetch(`${world.gateway.url}/api/skyscan/${id}/map.png${query}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  const image = await loadImage(Buffer.from(await response.arrayBuffer()));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const at = (x: number, y: number) =>
    [...context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data].slice(0, 3);
  return Object.assign(image, { at });
}

const VIRIDIS = { lowest: [68, 1, 84], highest: [253, 231, 37] };
const UNMEASURED = [
  [236, 238, 241],
  [211, 216, 223],
];

describe('map.png', () => {
  test('polar: every cell is coloured at its place in the sky', async () => {
    const size = 200;
    const { at, width, height } = await picture(`?size=${size}&min=-100&max=-60`);
    expect([width, height]).toEqual([size, size]);
    // The rim is 95 deg from the zenith: cells at 10 deg start at -5.
    const pixel = (azimuthDeg: number, elevationDeg: number) => {
      const [radius, angle] = [((90 - elevationDeg) / 95) * (size / 2), (azimuthDeg * Math.PI) / 180];
      return at(size / 2 + radius * Math.sin(angle), size / 2 - radius * Math.cos(angle));
    };
    for (let column = 0; column < 12; column++) {
      expect(pixel(column * 30, 10)).toEqual(column === 3 ? VIRIDIS.highest : VIRIDIS.lowest);
      if (column < 6) expect(pixel(column * 30, 40)).toEqual(column === 3 ? VIRIDIS.highest : VIRIDIS.lowest);
      else expect(UNMEASURED).toContainEqual(pixel(column * 30, 40));
    }
    expect(pixel(0, 80)).toEqual([255, 255, 255]);
    expect(at(2, 2)).toEqual([255, 255, 255]);
  });

  test('rectangular: azimuth to the right, elevation up', async () => {
    const { at, width, height } = await picture(
      '?projection=rectangular&size=239&min=-100&max=-60&palette=cividis',
    );
    expect(width / height).toBeCloseTo(4, 1);
    const pixel = (column: number, row: number) =>
      at(((column + 0.5) / 12) * width, height * (row === 0 ? 0.75 : 0.25));
    for (let column = 0; column < 12; column++) {
      expect(pixel(column, 0)).toEqual(column === 3 ? [253, 234, 69] : [0, 32, 81]);
      if (column >= 6) expect(UNMEASURED).toContainEqual(pixel(column, 1));
    }
  });

  test('fit: a small scan fills the picture; without fit it keeps its place in the sky', async () => {
    const small = await startTestScan(world, { rows: 2, columns: 2 }, undefined, {
      az_start: 90,
      az_end: 100,
      el_start: 30,
      el_end: 40,
      step_deg: 10,
    });
    await small.setStatus('running');
    await small.measure(4);
    await small.untilStored(4);
    /** Extent of the cells as shares of the picture: left, top, larger side. */
    const cellsIn = async (query: string) => {
      const { at, width } = await picture(`?size=100${query}`, small.id);
      const pixels = Array.from(
        { length: width * width },
        (_, n) => [n % width, Math.floor(n / width)] as const,
      );
      const coloured = pixels.filter(([x, y]) => String(at(x, y)) !== '255,255,255');
      const across = coloured.map(([x]) => x / width);
      const down = coloured.map(([, y]) => y / width);
      const [left, right, top, bottom] = [
        Math.min(...across),
        Math.max(...across),
        Math.min(...down),
        Math.max(...down),
      ];
      return { left, top, side: Math.max(right - left, bottom - top) };
    };
    const whole = await cellsIn('');
    expect(whole.side).toBeCloseTo(0.13, 1);
    // East is right of the middle.
    expect(whole.left).toBeGreaterThan(0.7);
    expect(await cellsIn('&fit=false')).toEqual(whole);
    const fitted = await cellsIn('&fit=true');
    expect(fitted.side).toBeCloseTo(0.88, 1);
    expect(fitted.left).toBeLessThan(0.15);
    const rectangular = '&projection=rectangular';
    expect(await cellsIn(`${rectangular}&fit=true`)).toEqual(await cellsIn(rectangular));
  });

  test('added points are smaller cells over those of the grid, and part of the range', async () => {
    // The added points at 20 degrees are 10 / cos(20) = 10.64 degrees apart.
    const added = [3, 4].map((n) => ({ azimuthDeg: (n * 10) / Math.cos(Math.PI / 9), elevationDeg: 20 }));
    const refined = await startTestScan(world, SHAPE, undefined, { ...GRID, refine: { step_deg: 10 } });
    await refined.setStatus('running');
    await refined.measure(SHAPE.rows * SHAPE.columns, -100);
    const path = `/api/skyscan/${refined.id}`;
    await world.publish(
      `skyscan/sessions/${refined.id}/status`,
      world.orchestrator.refine(refined.id, added),
      true,
    );
    await refined.measure(1, -60);
    await refined.untilStored(25);
    expect((await world.gateway.get(`${path}/plan?path=false`)).body).toMatchObject({
      total_points: 26,
      refine: { step_deg: 10, threshold: 3.5, max_points: 1_000, time_budget_s: null, added_points: 2 },
    });
    const { at, width, height } = await picture('?projection=rectangular&size=239', refined.id);
    // From -15 to 345 and from -5 to 55 degrees.
    const pixel = (azimuthDeg: number, elevationDeg: number) =>
      at(((azimuthDeg + 15) / 360) * width, ((55 - elevationDeg) / 60) * height);
    for (const [az, el] of [
      [31.9, 20],
      [28, 16],
      [36, 24],
    ] as const)
      expect(pixel(az, el)).toEqual(VIRIDIS.highest);
    // Around it, and at the added point that is not measured yet.
    for (const [az, el] of [
      [25, 20],
      [39, 20],
      [31.9, 13],
      [31.9, 27],
      [42.6, 20],
    ] as const)
      expect(pixel(az, el)).toEqual(VIRIDIS.lowest);
  });

  test('has labels when it is large enough', async () => {
    const polar = await picture('');
    expect(polar.width).toBe(800);
    expect(polar.height).toBeGreaterThan(800);
    const dark = await picture('?theme=dark&size=300');
    expect(dark.at(1, 1)).toEqual([16, 21, 28]);
    const colours = new Set<string>();
    for (let y = 10; y < 24; y++) for (let x = 10; x < 290; x++) colours.add(String(dark.at(x, y)));
    expect(colours.size).toBeGreaterThan(20);
  });

  // Levels are -100 and -60; a colour is a 256th of the range.
  test.each([
    ['both ends from the levels', '', 0, 255],
    ['the upper end is given', '&max=0', 0, 102],
    ['the lower end is given', '&min=-200', 182, 255],
  ])('automatic range: %s', async (_name, query, quiet, loud) => {
    const { at } = await picture(`?projection=rectangular&size=239${query}`);
    const cell = (column: number) => at(239 * ((column + 0.5) / 12), 45);
    expect([cell(0), cell(3)]).toEqual([paletteOf('viridis')[quiet], paletteOf('viridis')[loud]]);
  });

  test('is cached with an ETag, which a new point changes', async () => {
    const ask = (size: number, tag?: string) =>
      world.gateway.request(path(`?size=${size}`), {
        headers: tag === undefined ? {} : { 'if-none-match': tag },
      });
    const { headers } = await ask(64);
    const tag = String(headers['etag']);
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect(headers['cache-control']).toBe('private, no-cache');
    const again = await ask(64, tag);
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', tag]);
    expect((await ask(65, tag)).status).toBe(200);
    await scan.measure(1);
    await scan.untilStored(MEASURED + 1);
    const grown = await ask(64, tag);
    expect(grown.status).toBe(200);
    expect(grown.headers['etag']).not.toBe(tag);
  });

  test('HEAD does not draw', async () => {
    const { status, headers, text } = await world.gateway.request(path(), { method: 'HEAD' });
    expect([status, headers['content-type'], text]).toEqual([200, 'image/png', '']);
  });

  test('a scan without points also has a map', async () => {
    const { id } = await startTestScan(world, SHAPE, undefined, GRID);
    const response = await fetch(`${world.gateway.url}/api/skyscan/${id}/map.png`);
    expect(response.status).toBe(200);
    expect((await loadImage(Buffer.from(await response.arrayBuffer()))).width).toBe(800);
  });
});

describe('map.png refuses', () => {
  test.each([
    ['size=63', 'size', 'Must be a whole number in 64..4096'],
    ['size=4097', 'size', 'Must be a whole number in 64..4096'],
    ['size=', 'size', 'Must be a whole number in 64..4096'],
    ['size=1e3', 'size', 'Must be a whole number in 64..4096'],
    ['size=100&size=200', 'size', 'Must be a whole number in 64..4096'],
    ['projection=mercator', 'projection', 'Must be polar or rectangular'],
    ['palette=jet', 'palette', 'Must be viridis, inferno, plasma or cividis'],
    ['theme=sepia', 'theme', 'Must be light or dark'],
    ['min=loud', 'min', 'Must be a level in -300..300 dB'],
    ['max=301', 'max', 'Must be a level in -300..300 dB'],
    ['max=NaN', 'max', 'Must be a level in -300..300 dB'],
    ['min=-60&max=-60', 'max', 'Must be greater than min'],
    ['fit=yes', 'fit', 'Must be true or false'],
    ['corrected=yes', 'corrected', 'Must be true or false'],
  ])('%s', async (query, field, msg) => {
    const { status, body } = await world.gateway.get(path(`?${query}`));
    expect(status).toBe(422);
    expect(body).toMatchObject({ detail: [{ loc: ['query', field], msg }] });
  });

  test('reports all problems at once', async () => {
    const { body } = await world.gateway.get(path('?size=1&palette=jet&min=x'));
    expect((body as { detail: unknown[] }).detail).toHaveLength(3);
  });

  test.each(['0', '999999', 'x', '-1', '99999999999'])('unknown session %s', async (id) => {
    const { status, body } = await world.gateway.get(`/api/skyscan/${id}/map.png`);
    expect([status, body]).toEqual([404, { detail: 'Scan session not found' }]);
  });

  test('a correction without references', async () => {
    const { status, body, headers } = await world.gateway.get(path('?corrected=true'));
    expect(status).toBe(409);
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['etag']).toBeUndefined();
    expect((body as { detail: string }).detail).toMatch(/no reference measurements/);
  });
});
