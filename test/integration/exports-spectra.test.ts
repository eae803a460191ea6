import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BAND_VALUES } from '#contract/band-values';
import { valueOf, UNKNOWN, type PointSpectrum, type Statistic } from '#shared/spectrum/point-spectrum';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { python, rowsOf } from '../support/file-readers.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { addScan, bandOf, GRID_COLUMNS, noise, spectrumOf } from '../support/stored-spectra.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Files with the spectra of a session, read by other programs.

// One complete tile and 52 rows.
const POINTS = 2_100;
const CHANNELS = 40;
const FIRST_HZ = 100e6;
/** Without a spectrum. */
const MISSING = 10;
const SOME = [1, MISSING, 2_048, 2_049, POINTS];

const world = useGatewayWorld();
const folder = mkdtempSync(join(tmpdir(), 'sky-scan-exports-'));
const spectra = new Map<number, PointSpectrum>();
let db: Database;
let id: number;

beforeAll(async () => {
  await startTestScan(world);
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  id = await addScan(world.database.url, POINTS);
  for (const seq of upTo(POINTS))
    if (seq !== MISSING) spectra.set(seq, spectrumOf(bandOf(CHANNELS, FIRST_HZ), seq, noise));
  const points = [...spectra].map(([seq, spectrum]) => ({ seq, spectra: [spectrum] }));
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await packTiles(db, id, POINTS, false);
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

async function download(name: 'fits' | 'parquet', query: string): Promise<string> {
  const answer = await fetch(`${world.gateway.url}/api/skyscan/${id}/export.${name}?content=spectra${query}`);
  expect([answer.status, answer.headers.get('content-disposition')]).toEqual([
    200,
    `attachment; filename=scan-${id}.${name === 'fits' ? 'cube.fits' : 'spectra.parquet'}`,
  ]);
  const path = join(folder, `${query.length}.${name}`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

/** The stored values of channels; null: not known. */
function valuesOf(seq: number, statistic: Statistic, first = 0, last = CHANNELS - 1): (number | null)[] {
  const codes = spectra.get(seq)?.codes[statistic];
  return upTo(last - first + 1).map((n) => {
    const value = valueOf(statistic, codes?.[first + n - 1] ?? UNKNOWN);
    return Number.isNaN(value) ? null : value;
  });
}

/** Files have a resolution of a thousandth or better. */
function expectValues(read: unknown, stored: (number | null)[]): void {
  const values = read as (number | null)[];
  expect(values.map((value) => value === null)).toEqual(stored.map((value) => value === null));
  const errors = stored.map((value, k) => Math.abs((values[k] ?? 0) - (value ?? 0)));
  expect(Math.max(...errors)).toBeLessThan(0.001);
}

test.each<[string, Statistic, number, number]>([
  ['', 'mean', 0, CHANNELS - 1],
  ['&statistic=kurtosis', 'kurtosis', 0, CHANNELS - 1],
  ['&from_hz=100014000&to_hz=100033000&statistic=max', 'max', 14, 33],
])('Parquet with%s has the values of every point', async (query, statistic, first, last) => {
  const rows = await rowsOf(await download('parquet', query));
  expect(rows.map(({ seq }) => seq)).toEqual(upTo(POINTS));
  for (const seq of SOME) {
    const { first_channel_hz, channel_hz, [BAND_VALUES[statistic]]: values } = rows[seq - 1] ?? {};
    expect([first_channel_hz, channel_hz]).toEqual([FIRST_HZ + 1_000 * first, 1_000]);
    expectValues(values, valuesOf(seq, statistic, first, last));
  }
});

const CUBES = [
  { query: '', statistic: 'mean', unit: 'dBm', first: 0, last: CHANNELS - 1 },
  {
    query: '&from_hz=100014000&to_hz=100033000&statistic=occupancy',
    statistic: 'occupancy',
    unit: '',
    first: 14,
    last: 33,
  },
  { query: '&statistic=kurtosis', statistic: 'kurtosis', unit: 'dB', first: 0, last: CHANNELS - 1 },
] as const;

/** Of all cubes at once: astropy takes seconds to start. */
const READ_CUBES = `
import json, sys
from astropy.io import fits
from astropy.wcs import WCS
found = []
for path in json.load(open(sys.argv[1])):
  with fits.open(path) as file:
    cube, header = file[0].data, file[0].header
    columns = cube.shape[2]
    found.append({
      'shape': list(cube.shape), 'unit': header['BUNIT'], 'kind': header['BTYPE'],
      'world': WCS(header).wcs_pix2world([[7, 3, 5]], 0)[0].tolist(),
      'cells': [[None if value != value else value for value in cube[:, cell // columns, cell % columns].tolist()]
        for cell in ${JSON.stringify(SOME.map((seq) => POINTS - seq))}],
    })
print(json.dumps({ 'cubes': found }))`;

describeWithPrograms(['fitsverify'], 'a cube in FITS', () => {
  test('has the spectrum of each cell as astropy reads it', async () => {
    const paths: string[] = [];
    for (const { query } of CUBES) paths.push(await download('fits', query));
    for (const path of paths)
      expect(execFileSync('fitsverify', ['-q', path], { encoding: 'utf8' })).toMatch(/^verification OK/);
    const list = join(folder, 'cubes.json');
    writeFileSync(list, JSON.stringify(paths));
    const cubes = python(READ_CUBES, list)['cubes'] as Record<string, unknown>[];
    expect(cubes).toHaveLength(CUBES.length);
    for (const [n, { statistic, unit, first, last }] of CUBES.entries()) {
      const { world, cells, ...cube } = cubes[n] ?? {};
      expect(cube).toEqual({ shape: [last - first + 1, 90, GRID_COLUMNS], unit, kind: statistic });
      // Column 7, row 3, channel 5 of the cube.
      for (const [k, value] of [7, 3, FIRST_HZ + 1_000 * (first + 5)].entries())
        expect((world as number[])[k]).toBeCloseTo(value, 6);
      for (const [k, seq] of SOME.entries())
        expectValues(
          (cells as unknown[])[k],
          valuesOf(seq, statistic, first, last).map((value) =>
            value !== null && statistic === 'kurtosis' ? 10 * Math.log10(value) : value,
          ),
        );
    }
  });

  test('of cells that are not on a rectangular grid is refused', async () => {
    await db.query(`update sessions set grid = 'equal_area' where id = $1`, [id]);
    const { status, text } = await world.gateway.get(`/api/skyscan/${id}/export.fits?content=spectra`);
    await db.query(`update sessions set grid = 'rectangular' where id = $1`, [id]);
    expect([status, text]).toEqual([409, expect.stringContaining('rectangular grid of directions')]);
  });
});

test.each([
  ['parquet', '&precision=milli', 'precision'],
  ['fits', '&corrected=true', 'corrected'],
  ['parquet', '&from_hz=1', 'Must be in one band'],
  ['fits', '&from_hz=100020000&to_hz=100010000', 'Must be greater than from_hz'],
])('%s with %s is refused', async (name, query, reason) => {
  const answer = await world.gateway.get(`/api/skyscan/${id}/export.${name}?content=spectra${query}`);
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(reason)]);
});
