import { Client } from 'pg';
import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Measurement } from '#contract/measurement';
import { SkyScanError } from '#shared/base/errors';
import { pointBlocks } from '../../services/api-gateway/http/point-blocks.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { readColumns } from '../support/columnar.ts';
import { startTestScan, upTo, type TestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const COUNT = 12_345;

const world = useGatewayWorld();
let scan: TestScan;
let points: Measurement[];

beforeAll(async () => {
  scan = await startTestScan(world, { rows: 50, columns: 300 });
  // Filling the database through the reconciler is faster than by MQTT.
  await scan.setStatus('running', 'silently');
  for (let i = 1; i < COUNT; i++) world.orchestrator.measure(scan.id);
  await scan.measure(1);
  await scan.untilStored(COUNT);
  points = (await world.gateway.get(`/api/skyscan/${scan.id}/measurements`)).body as Measurement[];
});

const url = (query: string) => `/api/skyscan/${scan.id}/measurements${query}`;

describe('measurements', () => {
  test('are complete and in order', () => {
    expect(points.map(({ seq }) => seq)).toEqual(upTo(COUNT));
    expect(points[300]).toEqual({
      seq: 301,
      row: 1,
      column: 0,
      setpoint: { azimuth: 0, elevation: 11 },
      readback: { azimuth: 0.1, elevation: 10.9 },
      mean_dbm: -92.4,
      std_db: 0.5,
      min_dbm: -93.5,
      max_dbm: -90.5,
      last_dbm: -91.4,
      reads: 1,
      integration_ms: 10,
      flags: ['uncalibrated'],
      measured_at: '2026-02-14T02:35:22.123Z',
      reference: null,
      median_dbm: -92.25,
      unit: 'dBFS',
    });
  });

  test.each([
    ['?after_seq=12340', 12341, 12345],
    ['?limit=7', 1, 7],
    ['?after_seq=4999&limit=3', 5000, 5002],
    ['?after_seq=20000', 0, -1],
  ])('are filtered by %s', async (query, first, last) => {
    const { body } = await world.gateway.get(url(query));
    const expected = points.filter(({ seq }) => seq >= first && seq <= last);
    expect(body).toEqual(expected);
  });

  test('are available as CSV', async () => {
    const answer = await world.gateway.get(url('?format=csv'));
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    const [header, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(header).toBe(
      'seq,row,column,setpoint_azimuth,setpoint_elevation,readback_azimuth,readback_elevation,mean_dbm,std_db,min_dbm,' +
        'max_dbm,last_dbm,reads,integration_ms,flags,measured_at,unit,reference_dbm,median_dbm',
    );
    expect(lines).toHaveLength(COUNT);
    expect(lines[1]).toBe(
      '2,0,1,1,10,1.1,9.9,-92.4,0.5,-93.5,-90.5,-91.4,1,10,uncalibrated,2026-02-14T02:00:29.123Z,dBFS,,-92.25',
    );
  });

  test.each([
    [
      '&separator=semicolon&decimal=comma',
      '2;0;1;1;10;1,1;9,9;-92,4;0,5;-93,5;-90,5;-91,4;1;10;uncalibrated;2026-02-14T02:00:29.123Z;dBFS;;-92,25',
    ],
    [
      '&separator=tab',
      '2,0,1,1,10,1.1,9.9,-92.4,0.5,-93.5,-90.5,-91.4,1,10,uncalibrated,2026-02-14T02:00:29.123Z,dBFS,,-92.25'.replaceAll(
        ',',
        '\t',
      ),
    ],
  ])('are available as CSV with other separators: %s', async (query, line) => {
    const { text } = await world.gateway.get(url(`?format=csv${query}`));
    const lines = text.trimEnd().split('\r\n');
    expect(lines[2]).toBe(line);
    const cells = (row = '') => row.split(/[;\t]/).length;
    expect(cells(lines[0])).toBe(cells(line));
  });

  test('refuse a decimal comma with comma as separator', async () => {
    const answer = await world.gateway.get(url('?format=csv&decimal=comma'));
    expect([answer.status, JSON.stringify(answer.body)]).toEqual([
      422,
      expect.stringContaining('A decimal comma needs separator=semicolon or separator=tab'),
    ]);
  });

  test.each([
    ['text/csv', 'text/csv; charset=utf-8; header=present'],
    ['application/vnd.skyscan.columnar', 'application/vnd.skyscan.columnar'],
    ['*/*', 'application/json; charset=utf-8'],
  ])('are returned in the format of Accept: %s', async (accept, type) => {
    const answer = await world.gateway.request(url('?limit=1'), { headers: { accept } });
    expect(answer.headers['content-type']).toBe(type);
  });

  test('are available as columns that can be read in place', async () => {
    const response = await fetch(`${world.gateway.url}${url('?format=columnar')}`);
    const columns = readColumns(await response.arrayBuffer());
    expect(columns.get('seq')).toEqual(upTo(COUNT));
    expect(columns.get('mean_dbm')).toEqual(points.map(({ mean_dbm }) => mean_dbm));
    expect(columns.get('readback_azimuth')).toEqual(points.map(({ readback }) => readback.azimuth));
    expect(columns.get('measured_at')).toEqual(points.map(({ measured_at }) => Date.parse(measured_at)));
    expect(new Set(columns.get('flags'))).toEqual(new Set([1]));
  });

  test('are equal in columns and JSON, for all flags and numbers', async () => {
    const id = await storeSession(300, [
      [2, `flags = '{}', mean_dbm = -0.1e-300, measured_at = '1999-12-31T23:59:59.999Z'`],
      [3, `flags = '{größer,clipped}', std_db = 1.7976931348623157e308`],
      [4, `flags = '{uncalibrated,clipped}', reads = 2147483647`],
    ]);
    const path = `/api/skyscan/${id}/measurements`;
    const odd = (await world.gateway.get(path)).body as Measurement[];
    expect(odd.slice(0, 5).map(({ flags }) => flags)).toEqual([
      ['uncalibrated'],
      [],
      ['größer', 'clipped'],
      ['uncalibrated', 'clipped'],
      ['uncalibrated'],
    ]);
    const response = await fetch(`${world.gateway.url}${path}?format=columnar`);
    const columns = readColumns(await response.arrayBuffer());
    expect(columns.get('flags')?.slice(0, 5)).toEqual([1, 0, 6, 5, 1]);
    for (const name of ['mean_dbm', 'std_db', 'reads'] as const)
      expect(columns.get(name)).toEqual(odd.map((point) => point[name]));
    expect(columns.get('measured_at')).toEqual(odd.map(({ measured_at }) => Date.parse(measured_at)));
    expect(odd[1]).toMatchObject({ mean_dbm: -1e-301, measured_at: '1999-12-31T23:59:59.999Z' });
  });

  test('a download outlives failures of the database, but for its first points', async () => {
    const id = await storeSession(10_000);
    const db = createDatabase([world.database.url], pino({ level: 'silent' }));
    let calls = 0;
    const failing: Pick<Database, 'copy'> = {
      copy: (sql, decode) =>
        calls++ % 2 === 1
          ? Promise.reject(new SkyScanError('unavailable', 'no database'))
          : db.copy(sql, decode),
    };
    try {
      const seqs: number[] = [];
      for await (const { counts } of pointBlocks(failing, { id }, 0, 10_000)) seqs.push(...counts.seq);
      expect(seqs).toEqual(Array.from({ length: 10_000 }, (_, k) => k + 1));
      expect(calls).toBeGreaterThan(6);
      calls = 1;
      await expect(pointBlocks(failing, { id }, 0, 10_000).next()).rejects.toThrow('no database');
    } finally {
      await db.close();
    }
  });

  test('are streamed in constant memory for half a million points', async () => {
    const id = await storeSession(500_000);
    const response = await fetch(`${world.gateway.url}/api/skyscan/${id}/measurements?format=csv`);
    let lines = 0;
    let peakBytes = 0;
    const startBytes = process.memoryUsage().rss;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
      peakBytes = Math.max(peakBytes, process.memoryUsage().rss - startBytes);
    }
    expect(lines).toBe(500_001);
    // All points at once would take 450 MB; only a few batches and uncollected garbage are held.
    expect(peakBytes).toBeLessThan(250e6);
  });
});

/**
 * Stores a session with `count` points that no orchestrator knows, so that nothing corrects them,
 * and changes some by their seq.
 */
async function storeSession(count: number, changes: [seq: number, what: string][] = []): Promise<number> {
  const client = new Client({ connectionString: world.database.url });
  await client.connect();
  const { rows } = await client.query<{ id: number }>(
    `insert into sessions (rotor_id, rotor, az_start, az_end, el_start, el_end, step_deg, rssi_iterations, grid_rows,
       grid_columns, total_points, completed_points, status)
     select rotor_id, rotor, 0, 360, 0, 90, 0.18, 1, 500, 2000, 1000000, $1, 'cancelled' from sessions order by id limit 1
     returning id`,
    [count],
  );
  const id = rows[0]?.id ?? NaN;
  await client.query(
    `insert into points select $1, n, n, n / 2000, n % 2000, 0, 0, random() * 360, random() * 90, -90, 1, -92, -88, -91, 1,
       10, '{uncalibrated}', now() from generate_series(1, $2::int) n`,
    [id, count],
  );
  for (const [seq, what] of changes)
    await client.query(`update points set ${what} where session_id = $1 and seq = $2`, [id, seq]);
  await client.end();
  return id;
}
