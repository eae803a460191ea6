import { createCanvas, loadImage } from '@napi-rs/canvas';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '#contract/rest/routes';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import type { BandValue, Spectrum, SpectrumSummary, Waterfall } from '#contract/rest/spectra';
import {
  STATISTICS,
  UNKNOWN,
  valueOf,
  type PointSpectrum,
  type Statistic,
} from '#shared/spectrum/point-spectrum';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { readColumns } from '../support/columnar.ts';
import { addScan, bandOf, GRID_COLUMNS, noise, spectrumOf } from '../support/stored-spectra.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// One complete tile and 52 rows; two bands of 40 and 20 channels.
const POINTS = 2_100;
const CHANNELS = 40;
const FIRST_HZ = 100e6;
/** The centre of a channel of band 0. */
const hertz = (channel: number) => FIRST_HZ + 1_000 * channel;

const world = useGatewayWorld();
let db: Database;
let id: number;
const spectra = new Map<number, PointSpectrum>();

beforeAll(async () => {
  await startTestScan(world);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  id = await addScan(world.database.url, POINTS);
  for (const seq of upTo(POINTS)) {
    // Point 10 has no spectrum; of every 20th point, channel 5 is not known.
    if (seq === 10) continue;
    const value = (name: Statistic, n: number, channel: number) =>
      n % 20 === 0 && channel === 5 ? NaN : noise(name, n, channel);
    spectra.set(seq, spectrumOf(bandOf(CHANNELS, FIRST_HZ), seq, value));
  }
  const other = (seq: number) => spectrumOf(bandOf(20, 200e6), seq, noise, ['mean', 'occupancy']);
  const points = [...spectra].map(([seq, spectrum]) => ({ seq, spectra: [spectrum, other(seq)] }));
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await packTiles(db, id, POINTS, false);
});
afterAll(() => db.close());

async function get<T>(path: string): Promise<T> {
  const answer = await world.gateway.get(`/api/skyscan/${id}/${path}`);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  return answer.body as T;
}

/** A stored value; NaN: not known. */
function valueAt(statistic: Statistic, seq: number, channel: number): number {
  return valueOf(statistic, spectra.get(seq)?.codes[statistic]?.[channel] ?? UNKNOWN);
}

const channelsBetween = (from: number, to: number) => upTo(to - from + 1).map((n) => n + from - 1);
const orNull = (value: number, digits: number) =>
  Number.isNaN(value) ? null : Number(value.toFixed(digits));
const meanLevel = (levels: number[]) =>
  10 * Math.log10(levels.reduce((sum, level) => sum + 10 ** (level / 10), 0) / levels.length);
const NAMES = { mean: 'mean_db', median: 'median_db', min: 'min_db', max: 'max_db' } as const;

describe('a spectrum', () => {
  test.each([7, 20, 2_048, 2_049, POINTS])('of point %d has every value', async (seq) => {
    const found = await get<Spectrum>(`spectrum?seq=${seq}`);
    expect(found).toMatchObject({
      seq,
      cell: POINTS - seq,
      band: 0,
      unit: 'dBm',
      first_channel_hz: FIRST_HZ,
      channel_hz: 1_000,
      channels: CHANNELS,
      transforms: 4_000_000_000 + seq,
      independent_transforms: expect.closeTo(200.5 + seq / 3, 3) as number,
      floor_db: expect.closeTo(-100 + (seq % 50) / 10, 6) as number,
    });
    for (const [statistic, name] of Object.entries(NAMES) as [keyof typeof NAMES, 'mean_db'][])
      expect(found[name]).toEqual(
        channelsBetween(0, CHANNELS - 1).map((channel) => orNull(valueAt(statistic, seq, channel), 2)),
      );
    expect(found.kurtosis?.[3]).toBeCloseTo(valueAt('kurtosis', seq, 3), 3);
    expect(found.occupancy?.[3]).toBeCloseTo(valueAt('occupancy', seq, 3), 4);
    const clipped = seq % 7 === 0 ? 4 : 0;
    const lost = seq % 20 === 0 ? 8 : 0;
    expect(found.flags.slice(0, 6)).toEqual([2 + clipped, ...Array<number>(4).fill(clipped), lost + clipped]);
  });

  test('is found by cell, and in another band', async () => {
    expect(await get(`spectrum?cell=${POINTS - 33}`)).toEqual(await get('spectrum?seq=33'));
    const other = await get<Spectrum>('spectrum?seq=33&band=1');
    expect(other).toMatchObject({
      band: 1,
      first_channel_hz: 200e6,
      channels: 20,
      min_db: null,
      kurtosis: null,
    });
    const expected = (statistic: Statistic) =>
      channelsBetween(0, 19).map((channel) => expect.closeTo(noise(statistic, 33, channel), 2) as number);
    expect([other.mean_db, other.occupancy]).toEqual([expected('mean'), expected('occupancy')]);
  });

  test('of all points has the exact median, maximum and mean', async () => {
    const summary = await get<SpectrumSummary>('spectrum?summary=true');
    expect(summary).toMatchObject({ band: 0, unit: 'dBm', channels: CHANNELS, points: POINTS - 1 });
    for (const channel of [0, 5, CHANNELS - 1]) {
      const known = (statistic: Statistic) =>
        [...spectra.keys()]
          .map((seq) => valueAt(statistic, seq, channel))
          .filter((value) => !Number.isNaN(value));
      const sorted = known('mean').sort((a, b) => a - b);
      const middle = [sorted[(sorted.length - 1) >> 1] ?? NaN, sorted[sorted.length >> 1] ?? NaN];
      expect(summary.median_db?.[channel]).toBeCloseTo(meanLevel(middle), 3);
      expect(summary.max_db?.[channel]).toBe(Math.max(...known('max')));
      const shares = known('occupancy');
      expect(summary.occupancy?.[channel]).toBeCloseTo(
        shares.reduce((sum, x) => sum + x, 0) / shares.length,
        4,
      );
    }
    expect(summary.flags.slice(0, 7)).toEqual([6, 4, 4, 4, 4, 12, 4]);
    const floors = [...spectra.values()].map(({ floorDb }) => floorDb).sort((a, b) => a - b);
    expect(summary.floor_db).toBeCloseTo(floors[floors.length >> 1] ?? NaN, 2);
    expect(await get('spectrum?summary=true')).toEqual(summary);
  });
});

describe('a band', () => {
  const RANGE = `from_hz=${hertz(3)}&to_hz=${hertz(18)}`;
  const inRange = (statistic: Statistic, seq: number) =>
    channelsBetween(3, 18).map((channel) => valueAt(statistic, seq, channel));

  test.each(STATISTICS)('%s of every point', async (statistic) => {
    const name = statistic === 'kurtosis' || statistic === 'occupancy' ? statistic : 'level_db';
    const found = await get<BandValue[]>(`band?${RANGE}&statistic=${statistic}`);
    expect(found.map(({ seq }) => seq)).toEqual(upTo(POINTS));
    for (const [index, point] of found.entries()) {
      expect(Object.keys(point)).toEqual(['seq', name]);
      const values = inRange(statistic, index + 1);
      const known = values.filter((value) => !Number.isNaN(value));
      const isSum = statistic === 'mean' || statistic === 'median';
      const value = point[name] ?? NaN;
      if (known.length === 0 || (isSum && known.length < values.length)) expect(value).toBeNaN();
      else if (isSum) expect(value).toBeCloseTo(meanLevel(values) + 10 * Math.log10(16), 2);
      else expect(value).toBeCloseTo(statistic === 'min' ? Math.min(...known) : Math.max(...known), 3);
    }
  });

  test('is in each format, and in parts', async () => {
    const all = await get<BandValue[]>(`band?${RANGE}`);
    const columns = await fetch(`${world.gateway.url}/api/skyscan/${id}/band?${RANGE}&format=columnar`);
    const read = readColumns(await columns.arrayBuffer());
    expect(read.get('seq')).toEqual(upTo(POINTS));
    expect(read.get('level_db')).toEqual(all.map(({ level_db }) => level_db ?? NaN));
    const csv = await world.gateway.get(`/api/skyscan/${id}/band?${RANGE}&format=csv&limit=20&after_seq=5`);
    const lines = csv.text.trimEnd().split('\r\n');
    expect(lines).toHaveLength(21);
    expect(lines[0]).toBe('seq,level_db');
    expect(lines[1]).toBe(`6,${all[5]?.level_db}`);
    expect(lines[5]).toBe('10,');
    expect(await get(`band?${RANGE}&after_seq=2040&limit=20`)).toEqual(all.slice(2_040, 2_060));
    expect(await get(`band?${RANGE}&after_seq=${POINTS}`)).toEqual([]);
  });

  test('is that of the first band with the frequencies', async () => {
    const narrow = await get<BandValue[]>(`band?from_hz=${hertz(2) - 10}&to_hz=${hertz(2) + 10}&limit=1`);
    expect(narrow).toEqual([{ seq: 1, level_db: valueAt('mean', 1, 2) }]);
    const other = await get<BandValue[]>('band?from_hz=200002000&to_hz=200002100&limit=1');
    expect(other).toEqual([{ seq: 1, level_db: expect.closeTo(noise('mean', 1, 2), 2) as number }]);
  });

  test('is the last column of the measurements', async () => {
    const all = await get<BandValue[]>(`band?${RANGE}&statistic=max`);
    const points = await get<PublishedMeasurement[]>(`measurements?${RANGE}&statistic=max`);
    expect(points.map(({ level_db }) => level_db)).toEqual(all.map(({ level_db }) => level_db));
    expect(Object.keys(points[0] ?? {}).at(-1)).toBe('level_db');
    const { text } = await world.gateway.get(
      `/api/skyscan/${id}/measurements?${RANGE}&statistic=max&format=csv`,
    );
    const lines = text.trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/,median_dbm,level_db$/);
    expect(lines[1]?.endsWith(`,,${all[0]?.level_db}`)).toBe(true);
    expect(lines[10]?.endsWith(',,')).toBe(true);
    const columns = await fetch(
      `${world.gateway.url}/api/skyscan/${id}/measurements?${RANGE}&statistic=occupancy&format=columnar`,
    );
    const occupancy = await get<BandValue[]>(`band?${RANGE}&statistic=occupancy`);
    expect(readColumns(await columns.arrayBuffer()).get('occupancy')).toEqual(
      occupancy.map((point) => point.occupancy ?? NaN),
    );
  });
});

describe('a waterfall', () => {
  test('of some points has every value', async () => {
    const { rows, ...head } = await get<Waterfall>('waterfall?after_seq=2040&limit=20&statistic=min');
    expect(head).toEqual({
      band: 0,
      unit: 'dBm',
      statistic: 'min',
      first_channel_hz: FIRST_HZ,
      channel_hz: 1_000,
      channels: CHANNELS,
      first_seq: 2_041,
      points_per_row: 1,
    });
    expect(rows).toEqual(
      upTo(20).map((n) =>
        channelsBetween(0, CHANNELS - 1).map((channel) => orNull(valueAt('min', 2_040 + n, channel), 2)),
      ),
    );
  });

  test.each(STATISTICS)('is reduced to rows and columns: %s', async (statistic) => {
    const { rows, ...head } = await get<Waterfall>(
      `waterfall?statistic=${statistic}&rows=100&columns=7&from_hz=${hertz(2)}&to_hz=${hertz(33)}`,
    );
    // 32 channels in 7 columns: 5 each, 2 in the last one.
    expect(head).toMatchObject({
      first_channel_hz: hertz(4),
      channel_hz: 5_000,
      channels: 7,
      first_seq: 1,
      points_per_row: 21,
    });
    expect(rows).toHaveLength(100);
    for (const [row, column] of [
      [0, 0],
      [0, 6],
      [50, 3],
      [97, 2],
      [99, 6],
    ] as const) {
      const values = upTo(21).flatMap((n) =>
        channelsBetween(2 + 5 * column, Math.min(33, 6 + 5 * column)).map((channel) =>
          valueAt(statistic, 21 * row + n, channel),
        ),
      );
      const known = values.filter((value) => !Number.isNaN(value));
      expect(rows[row]?.[column]).toBeCloseTo(reduced(statistic, known), 2);
    }
  });

  test('of no points is empty', async () => {
    expect(await get<Waterfall>(`waterfall?after_seq=${POINTS}`)).toMatchObject({
      rows: [],
      channels: CHANNELS,
      first_seq: POINTS + 1,
    });
  });

  function reduced(statistic: Statistic, values: number[]): number {
    if (statistic === 'mean' || statistic === 'median') return meanLevel(values);
    if (statistic === 'occupancy') return values.reduce((sum, value) => sum + value, 0) / values.length;
    return statistic === 'min' ? Math.min(...values) : Math.max(...values);
  }
});

test.each([
  ['spectrum', 'spectrum?seq=3'],
  ['spectrum', 'spectrum?summary=true'],
  ['band', 'band?from_hz=100000000&to_hz=100005000&limit=30'],
  ['waterfall', 'waterfall?rows=3'],
] as const)('the answer of /%s has the documented fields: %s', async (route, path) => {
  const { answer } = ROUTES[`GET /api/skyscan/{session_id}/${route}`];
  const found = await get<object>(path);
  expect(answer.parse(found)).toEqual(found);
});

test('the map shows a band, and its tag depends on it', async () => {
  const range = `from_hz=${hertz(0) - 1}&to_hz=${hertz(0) + 1}`;
  const draw = async (query: string) => {
    const response = await fetch(
      `${world.gateway.url}/api/skyscan/${id}/map.png?projection=rectangular&size=200&${query}`,
    );
    expect(response.status).toBe(200);
    const image = await loadImage(Buffer.from(await response.arrayBuffer()));
    const context = createCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const at = (cell: number) => {
      const [x, y] = [(cell % GRID_COLUMNS) + 0.5, Math.floor(cell / GRID_COLUMNS) + 0.5];
      const pixel = [(x / GRID_COLUMNS) * image.width, image.height - (y / 90) * image.height] as const;
      return [...context.getImageData(Math.floor(pixel[0]), Math.floor(pixel[1]), 1, 1).data]
        .slice(0, 3)
        .join();
    };
    return { tag: response.headers.get('etag'), at };
  };
  const maps = await Promise.all([
    draw(''),
    draw(range),
    draw(`${range}&statistic=max`),
    draw(`from_hz=${hertz(1)}&to_hz=${hertz(2)}`),
  ]);
  expect(new Set(maps.map(({ tag }) => tag)).size).toBe(4);
  // The lowest and the highest point have the first and the last colour.
  const sorted = [...spectra.keys()].sort((a, b) => valueAt('mean', a, 0) - valueAt('mean', b, 0));
  const [lowest = NaN, highest = NaN] = [sorted[0], sorted.at(-1)];
  const fixed = await draw(`${range}&min=${valueAt('mean', lowest, 0)}&max=${valueAt('mean', highest, 0)}`);
  expect([fixed.at(POINTS - lowest), fixed.at(POINTS - highest)]).toEqual(['68,1,84', '253,231,37']);
});
