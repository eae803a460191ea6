import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { python, rowsOf } from '../support/file-readers.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Files with the points of a session, read by other programs.

const SIZE = { rows: 25, columns: 300 };
/** Not all cells of the grid: the map has gaps. */
const COUNT = 6_173;

const world = useGatewayWorld();
const folder = mkdtempSync(join(tmpdir(), 'sky-scan-exports-'));
let scan: TestScan;
let points: PublishedMeasurement[];

beforeAll(async () => {
  scan = await startTestScan(world, SIZE);
  await scan.setStatus('running', 'silently');
  for (let i = 1; i < COUNT; i++) world.orchestrator.measure(scan.id);
  await scan.measure(1);
  await scan.untilStored(COUNT);
  points = (await world.gateway.get(`/api/skyscan/${scan.id}/measurements`)).body as PublishedMeasurement[];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Downloads a file; returns its path. */
async function download(name: string, query = ''): Promise<string> {
  const address = `${world.gateway.url}/api/skyscan/${scan.id}/export.${name}${query}`;
  const answer = await fetch(address);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-disposition')).toMatch(
    new RegExp(`^attachment; filename=scan-${scan.id}\\.[a-z.]+$`),
  );
  const path = join(folder, `${name}${query.length}.${name}`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

test('CSV is that of the measurements', async () => {
  const query = '?separator=semicolon&decimal=comma';
  const exported = await world.gateway.get(`/api/skyscan/${scan.id}/export.csv${query}`);
  const measured = await world.gateway.get(`/api/skyscan/${scan.id}/measurements${query}&format=csv`);
  expect(exported.text).toBe(measured.text);
  expect(exported.headers['content-type']).toBe(measured.headers['content-type']);
});

describeWithPrograms(['soffice'], 'a spreadsheet with a decimal comma', () => {
  test('reads the levels of CSV as numbers', async () => {
    const path = await download('csv', '?separator=semicolon&decimal=comma');
    // In German (1031), and written again in English (1033).
    const [german, english] = ['CSV:59,34,76,1,,1031', 'csv:Text - txt - csv (StarCalc):44,34,76,1,,1033'];
    const profile = `-env:UserInstallation=file://${join(folder, 'office')}`;
    const read = join(folder, 'read');
    const options = [
      '--headless',
      profile,
      `--infilter=${german}`,
      '--convert-to',
      english,
      '--outdir',
      read,
    ];
    execFileSync('soffice', [...options, path], { stdio: 'ignore' });
    const [header = '', ...rows] = readFileSync(join(read, basename(path)), 'utf8')
      .trim()
      .split('\n');
    const column = header.split(',').indexOf('mean_dbm');
    expect(rows.map((row) => Number(row.split(',')[column]))).toEqual(points.map(({ mean_dbm }) => mean_dbm));
  });
});

describe('Parquet', () => {
  test('has all values of all points', async () => {
    const read = await rowsOf(await download('parquet'));
    expect(read).toHaveLength(COUNT);
    for (const k of [0, 1, 300, COUNT - 1]) {
      const { setpoint, readback, flags, measured_at, reference, ...values } = points[
        k
      ] as PublishedMeasurement;
      expect(read[k]).toEqual({
        ...values,
        setpoint_azimuth: setpoint.azimuth,
        setpoint_elevation: setpoint.elevation,
        readback_azimuth: readback.azimuth,
        readback_elevation: readback.elevation,
        flags: flags.join(' '),
        measured_at: measured_at.replace('T', ' ').replace('Z', ''),
        reference_dbm: reference?.mean_dbm ?? null,
      });
    }
  });

  test('has thousandths in less space', async () => {
    const [exact, milli] = [await download('parquet'), await download('parquet', '?precision=milli')];
    const read = await rowsOf(milli, 'seq, mean_dbm, readback_azimuth, typeof(mean_dbm) as type');
    for (const [k, { mean_dbm, readback }] of points.entries())
      expect(read[k]).toEqual({
        seq: k + 1,
        mean_dbm: mean_dbm.toFixed(3),
        readback_azimuth: readback.azimuth.toFixed(3),
        type: 'DECIMAL(9,3)',
      });
    expect(statSync(milli).size / statSync(exact).size).toBeLessThan(1);
  });
});

describeWithPrograms(['fitsverify', 'stilts'], 'FITS', () => {
  test('has no errors and warnings of fitsverify', async () => {
    const report = execFileSync('fitsverify', ['-q', await download('fits')], { encoding: 'utf8' });
    expect(report).toMatch(/^verification OK/);
  });

  test('has the points as stilts reads them', async () => {
    const table = `${await download('fits')}#POINTS`;
    const csv = execFileSync('stilts', ['tpipe', `in=${table}`, 'cmd=keepcols "seq mean_dbm"', 'ofmt=csv'], {
      encoding: 'utf8',
    });
    const rows = csv.trim().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').map(Number))).toEqual(
      points.map(({ seq, mean_dbm }) => [seq, mean_dbm]),
    );
  });

  test('has the points as astropy reads them', async () => {
    const read = python(
      `
import json, sys
from astropy.io import fits
from astropy.time import Time
with fits.open(sys.argv[1]) as file:
  points = file['POINTS'].data
  names = list(file['FLAGS'].data['name'])
  print(json.dumps({
    'names': [each.name for each in file],
    'session': file[0].header['SESSION'],
    'rows': len(points),
    'seq': points['seq'].tolist(),
    'mean_dbm': points['mean_dbm'].tolist(),
    'azimuth': points['readback_azimuth'].tolist(),
    'time': Time(points['mjd'][:3], format='mjd', scale='utc').isot.tolist(),
    'unit': points['unit'].tolist()[:3],
    'flags': [[name for k, name in enumerate(names) if bits >> k & 1] for bits in points['flags'][:3]],
  }))`,
      await download('fits'),
    );
    expect(read).toEqual({
      names: ['PRIMARY', 'POINTS', 'FLAGS', 'MAP'],
      session: scan.id,
      rows: COUNT,
      seq: points.map(({ seq }) => seq),
      mean_dbm: points.map(({ mean_dbm }) => mean_dbm),
      azimuth: points.map(({ readback }) => readback.azimuth),
      time: points.slice(0, 3).map(({ measured_at }) => measured_at.replace('Z', '')),
      unit: points.slice(0, 3).map(({ unit }) => unit),
      flags: points.slice(0, 3).map(({ flags }) => flags),
    });
  });

  test('has a map whose coordinates are those of the points', async () => {
    const read = python(
      `
import json, math, sys
from astropy.io import fits
from astropy.wcs import WCS
with fits.open(sys.argv[1]) as file:
  points = file['POINTS'].data
  map = file['MAP']
  x, y = WCS(map.header).all_world2pix(points['setpoint_azimuth'], points['setpoint_elevation'], 0)
  print(json.dumps({
    'shape': map.data.shape,
    'away': float(max(max(abs(x - points['column'])), max(abs(y - points['row'])))),
    'wrong': float(max(abs(map.data[y.round().astype(int), x.round().astype(int)] - points['mean_dbm']))),
    'gaps': sum(math.isnan(level) for level in map.data.flatten().tolist()),
  }))`,
      await download('fits'),
    );
    expect(read['shape']).toEqual([SIZE.rows, SIZE.columns]);
    expect(read['away']).toBeLessThan(1e-6);
    expect(read['wrong']).toBeLessThan(1e-5);
    expect(read['gaps']).toBe(SIZE.rows * SIZE.columns - COUNT);
  });
});

describeWithPrograms(['fitsverify'], 'HEALPix', () => {
  const SCRIPT = `
import json, sys
import healpy
from astropy.io import fits
with fits.open(sys.argv[1]) as file:
  table, header = file[1].data, file[1].header
  longitude, latitude = healpy.pix2ang(header['NSIDE'], table['PIXEL'], nest=True, lonlat=True)
  map = healpy.read_map(sys.argv[1], nest=True, partial=True)
  print(json.dumps({
    'nside': header['NSIDE'],
    'points': int(table['POINTS'].sum()),
    'pixels': table['PIXEL'].tolist(),
    'levels': table['LEVEL'].tolist(),
    'counts': table['POINTS'].tolist(),
    'longitude': longitude.tolist(),
    'latitude': latitude.tolist(),
    'seen': int((map > -1e30).sum()),
  }))`;

  test('has each point in the pixel that healpy computes', async () => {
    const path = await download('healpix', '?nside=64');
    expect(execFileSync('fitsverify', ['-q', path], { encoding: 'utf8' })).toMatch(/^verification OK/);
    const read = python(SCRIPT, path) as Record<string, number[]>;
    expect([read['nside'], read['points'], read['seen']]).toEqual([64, COUNT, read['pixels']?.length]);
    const expected = python(
      `
import json, sys
import healpy, numpy
points = json.load(open(sys.argv[1]))
pixels = healpy.ang2pix(64, points['azimuth'], points['elevation'], nest=True, lonlat=True)
power = 10 ** (numpy.array(points['level']) / 10)
used = numpy.unique(pixels)
print(json.dumps({
  'pixels': used.tolist(),
  'counts': [int((pixels == pixel).sum()) for pixel in used],
  'levels': [float(10 * numpy.log10(power[pixels == pixel].mean())) for pixel in used],
}))`,
      pointsFile(),
    ) as Record<string, number[]>;
    // Whole degrees: some points are on the borders of pixels.
    const { different, same } = comparison(read, expected);
    expect(different).toBeLessThan(COUNT / 50);
    expect(same.length).toBeGreaterThan(3_000);
    const [here, there] = [levelsOf(read), levelsOf(expected)];
    for (const pixel of same) expect(here[pixel]).toBeCloseTo(there[pixel] ?? NaN, 4);
  });

  test('of equatorial coordinates has the points where astropy sees them', async () => {
    const refused = await world.gateway.get(`/api/skyscan/${scan.id}/export.healpix?coordinates=equatorial`);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('latitude_deg')]);
    const placed = await world.gateway.request('/api/sites/1', {
      method: 'PUT',
      body: JSON.stringify({ latitude_deg: 48, longitude_deg: 11 }),
      headers: { 'content-type': 'application/json' },
    });
    expect(placed.status).toBe(200);
    const path = await download('healpix', '?coordinates=equatorial&nside=32');
    const read = python(SCRIPT, path) as Record<string, number[]>;
    const expected = python(
      `
import json, sys
import healpy, numpy
from astropy import units
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers
iers.conf.auto_download = False
iers.conf.iers_degraded_accuracy = 'ignore'
points = json.load(open(sys.argv[1]))
frame = AltAz(obstime=Time(points['time']), location=EarthLocation(lat=48 * units.deg, lon=11 * units.deg), pressure=1013 * units.hPa, temperature=10 * units.deg_C, obswl=1 * units.micron)
sky = SkyCoord(az=numpy.array(points['azimuth']) * units.deg, alt=numpy.array(points['elevation']) * units.deg, frame=frame).icrs
pixels = healpy.ang2pix(32, sky.ra.deg, sky.dec.deg, nest=True, lonlat=True)
used, counts = numpy.unique(pixels, return_counts=True)
print(json.dumps({ 'pixels': used.tolist(), 'counts': counts.tolist() }))`,
      pointsFile(),
    ) as Record<string, number[]>;
    // Refraction and the second to which times are rounded move a few points into the next pixel.
    expect(comparison(read, expected).different).toBeLessThan(COUNT / 50);
  });

  type Map = Record<string, number[]>;

  /** How many points are in other pixels, and which pixels have the same number. */
  function comparison(first: Map, second: Map): { different: number; same: number[] } {
    const countsOf = ({ pixels = [], counts = [] }: Map) =>
      Object.fromEntries(pixels.map((pixel, k) => [pixel, counts[k] ?? 0]));
    const [here, there] = [countsOf(first), countsOf(second)];
    const pixels = Object.keys({ ...here, ...there }).map(Number);
    const changes = pixels.map((pixel) => Math.abs((here[pixel] ?? 0) - (there[pixel] ?? 0)));
    return {
      different: changes.reduce((sum, change) => sum + change, 0),
      same: pixels.filter((_, k) => changes[k] === 0),
    };
  }

  function levelsOf({ pixels = [], levels = [] }: Map): Record<number, number | undefined> {
    return Object.fromEntries(pixels.map((pixel, k) => [pixel, levels[k]]));
  }

  /** The points for scripts. */
  function pointsFile(): string {
    const path = join(folder, 'points.json');
    const columns = {
      azimuth: points.map(({ setpoint }) => setpoint.azimuth),
      elevation: points.map(({ setpoint }) => setpoint.elevation),
      level: points.map(({ mean_dbm }) => mean_dbm),
      time: points.map(({ measured_at }) => measured_at.replace('Z', '')),
    };
    writeFileSync(path, JSON.stringify(columns));
    return path;
  }
});

test.each([
  ['healpix', '?nside=3', 'nside'],
  ['csv', '?decimal=comma', 'A decimal comma needs'],
  ['parquet', '?precision=micro', 'precision'],
  ['fits', '?from_hz=1', 'to_hz'],
])('%s with %s is refused', async (name, query, reason) => {
  const answer = await world.gateway.get(`/api/skyscan/${scan.id}/export.${name}${query}`);
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(reason)]);
});

test('a session that does not exist has no file', async () => {
  expect((await world.gateway.get('/api/skyscan/999999/export.fits')).status).toBe(404);
});
