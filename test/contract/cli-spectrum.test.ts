import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { runSkyscan } from '../support/cli.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { addScan, bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const CHANNELS = 200;
const world = useGatewayWorld();
let id: number;
let plain: number;

beforeAll(async () => {
  plain = (await startTestScan(world)).id;
  id = await addScan(world.database.url, 3);
  const db = createDatabase([world.database.url], pino({ level: 'silent' }));
  const points = upTo(3).map((seq) => ({ seq, spectra: [spectrumOf(bandOf(CHANNELS), seq)] }));
  await db.transaction((tx) => insertSpectra(tx, id, points));
  await db.close();
});

const skyscan = (args: string[], isTTY = false) =>
  runSkyscan(args, { env: { SKYSCAN_URL: world.gateway.url, NO_COLOR: '1' }, isTTY });

describe('skyscan spectrum', () => {
  test('draws the summary in the width of the terminal', async () => {
    const { code, out, err } = await skyscan(['spectrum', String(id)], true);
    expect([code, err]).toEqual([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^median of 3 points, band 0, 200 channels of 1000 Hz, floor -99\.8 dBm$/);
    expect(lines.at(-1)).toMatch(/^ +100 +100\.199 MHz$/);
    expect(lines).toHaveLength(18);
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).not.toContain('\u001b');
  });

  test('draws the spectrum of a point', async () => {
    for (const args of [
      ['--seq', '2'],
      ['--cell', '1'],
    ]) {
      const { code, out } = await skyscan(['spectrum', String(id), ...args], true);
      expect([code, out]).toEqual([0, expect.stringMatching(/^mean of point 2, cell 1, band 0/)]);
    }
  });

  test('prints a table in a pipe, and the JSON of the API', async () => {
    const { out } = await skyscan(['spectrum', String(id), '--seq', '2']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(1 + CHANNELS);
    expect(lines[0]).toMatch(/^MHZ +MEAN \(dBm\) +MAX \(dBm\) +OCCUPANCY +FLAGS$/);
    expect(lines[1]).toMatch(/^100 +-\d+\.?\d* +-\d+\.?\d* +0?\.?\d+ +2$/);
    const json = await skyscan(['spectrum', String(id), '--seq', '2', '--json']);
    const { body } = await world.gateway.get(`/api/skyscan/${id}/spectrum?seq=2`);
    expect(JSON.parse(json.out)).toEqual(body);
  });

  test.each([
    [['--seq', '1', '--cell', '1'], 2, /--seq and --cell select a point/],
    [['--seq', '0'], 2, /seq 0 is outside 1\.\.2147483647/],
    [['--seq', '4'], 1, /Point 4 is not stored; stored points are 1\.\.3/],
    [['--band', '1'], 1, /Must be in 0\.\.0/],
  ])('%j is refused', async (args, code, message) => {
    const found = await skyscan(['spectrum', String(id), ...args]);
    expect([found.code, found.out, found.err]).toEqual([code, '', expect.stringMatching(message)]);
  });

  test('reports that a scan has no spectra', async () => {
    const { code, err } = await skyscan(['spectrum', String(plain)]);
    expect([code, err]).toEqual([1, expect.stringContaining('has no spectra: it has no points yet')]);
  });
});

test('skyscan export --band adds the range to the measurements', async () => {
  const band = '100.001e6-100.005e6:max';
  const { code, out } = await skyscan(['export', String(id), '-o', '-', '--format', 'csv', '--band', band]);
  const { text } = await world.gateway.get(
    `/api/skyscan/${id}/measurements?format=csv&from_hz=100001000&to_hz=100005000&statistic=max`,
  );
  expect([code, out]).toEqual([0, text]);
  expect(text).toMatch(/,level_db\r\n/);
  const refused = await skyscan(['export', String(id), '-o', '-', '--format', 'csv', '--band', '1-2:mode']);
  expect([refused.code, refused.err]).toEqual([
    2,
    expect.stringContaining('statistic mode must be one of mean'),
  ]);
});
