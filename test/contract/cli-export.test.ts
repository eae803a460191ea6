import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runSkyscan } from '../support/cli.ts';
import { startTestScan, type TestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const world = useGatewayWorld();
let scan: TestScan;
let folder: string;

beforeAll(async () => {
  scan = await startTestScan(world);
  await scan.setStatus('running');
  await scan.measure(10);
  await scan.setStatus('completed');
  await scan.untilStatus('completed');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const exported = (args: string[], url = world.gateway.url) =>
  runSkyscan(['export', ...args], { env: { SKYSCAN_URL: url } });
const file = (name: string) => join(folder, name);

describe('skyscan export', () => {
  test.each(['csv', 'json'])('writes the same %s as the API', async (format) => {
    const path = file(`map.${format}`);
    const { code, out, err } = await exported([String(scan.id), '-o', path]);
    const { text } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?format=${format}`);
    expect([code, out, err]).toEqual([0, '', `${path}: ${text.length} bytes\n`]);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual([`map.${format}`]);
  });

  test('writes the map with the options', async () => {
    const path = file('map.PNG');
    const options = [
      '--projection',
      'rectangular',
      '--fit',
      '--size',
      '500',
      '--palette',
      'cividis',
      '--min',
      '-110',
    ];
    const { code, out } = await exported([String(scan.id), '-o', path, '--json', ...options]);
    expect(code).toBe(0);
    const png = readFileSync(path);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(500);
    expect(JSON.parse(out)).toEqual({ session_id: scan.id, file: path, format: 'png', bytes: png.length });
  });

  test('writes to standard output when the format is given', async () => {
    const { code, out, err } = await exported([String(scan.id), '-o', '-', '--format', 'csv']);
    const { text } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?format=csv`);
    expect({ code, out, err }).toEqual({ code: 0, out: text, err: '' });
  });

  test('writes CSV with another separator and a decimal comma; JSON is unaffected', async () => {
    const style = ['--separator', 'semicolon', '--decimal', 'comma'];
    const { code, out } = await exported([String(scan.id), '-o', '-', '--format', 'csv', ...style]);
    const query = 'format=csv&separator=semicolon&decimal=comma';
    const { text } = await world.gateway.get(`/api/skyscan/${scan.id}/measurements?${query}`);
    expect({ code, out }).toEqual({ code: 0, out: text });
    const refused = await exported([String(scan.id), '-o', '-', '--format', 'json', ...style]);
    expect([refused.code, refused.err]).toEqual([2, 'skyscan: --separator is for CSV, not for json\n']);
  });

  test.each([
    ['fits', [], /^SIMPLE {2}=/],
    ['healpix', ['--nside', '8'], /NSIDE {3}= {20}8/],
    ['parquet', ['--precision', 'milli'], /^PAR1/],
  ])('writes %s', async (format, options, start) => {
    const path = file(`x.${format}`);
    const { code, err } = await exported([String(scan.id), '-o', path, ...options]);
    expect([code, err]).toEqual([0, expect.stringContaining('bytes')]);
    expect([code, readFileSync(path, 'latin1')]).toEqual([0, expect.stringMatching(start)]);
    rmSync(path);
  });

  test('overwrites only with --force', async () => {
    const path = file('x.csv');
    writeFileSync(path, 'mine');
    const refused = await exported([String(scan.id), '-o', path]);
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: `skyscan: ${path} already exists; --force overwrites it\n`,
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect((await exported([String(scan.id), '-o', path, '--force'])).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toMatch(/^seq,row,column/);
    expect(readdirSync(folder)).toEqual(['x.csv']);
  });

  test.each<[string, string[], number, RegExp]>([
    ['an unknown scan', ['999999', '-o', 'x.csv'], 1, /^skyscan: Scan session not found\n$/],
    ['an unknown palette', ['1', '-o', 'x.png', '--palette', 'rainbow'], 1, /palette: Must be/],
    [
      'a name without a known format',
      ['1', '-o', 'x.txt'],
      2,
      /has none of the extensions \.png, \.csv, \.json, \.fits, \.healpix, \.parquet: set --format/,
    ],
    ['standard output without a format', ['1', '-o', '-'], 2, /set --format png\|csv\|json/],
    [
      'a size that is too large',
      ['1', '-o', 'x.png', '--size', '9000'],
      2,
      /size 9000 is outside 64\.\.4096/,
    ],
    [
      'an option of another format',
      ['1', '-o', 'x.csv', '--size', '500'],
      2,
      /--size is for PNG, not for csv/,
    ],
    ['a missing folder', ['1', '-o', 'no/where/x.csv'], 2, /cannot write .*no\/where\/x\.csv/],
    ['no file', ['1'], 2, /required option '-o, --output <file>' not specified/],
  ])('%s leaves nothing behind', async (_what, args, code, message) => {
    const own = args.map((arg) => (/^(x\.|no\/)/.test(arg) ? file(arg) : arg));
    const id = own[0] === '1' ? String(scan.id) : own[0];
    const result = await exported([id ?? '', ...own.slice(1)]);
    expect([result.code, result.out]).toEqual([code, '']);
    expect(result.err).toMatch(message);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('leaves no file when the response is incomplete', async () => {
  const server: Server = createServer((_request, response) => {
    response.write('seq,row\r\n1,0\r\n', () => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { code, err } = await exported(['1', '-o', file('x.csv')], url);
    expect(code).toBe(3);
    expect(err).toMatch(/^skyscan: the connection broke/);
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    server.close();
  }
});
