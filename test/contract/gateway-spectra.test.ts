import { pino } from 'pino';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { addScan, bandOf, spectrumOf } from '../support/stored-spectra.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const POINTS = 30;
const world = useGatewayWorld();
const ids = { stored: 0, plain: 0, empty: 0 };

// 10 channels of 1 kHz from 99.9995 MHz on, without min, max and kurtosis like those of rtl_power,
// and 10 from 200 MHz on.
beforeAll(async () => {
  ids.empty = (await startTestScan(world)).id;
  ids.plain = await addScan(world.database.url, POINTS);
  ids.stored = await addScan(world.database.url, POINTS);
  const db = createDatabase([world.database.url], pino({ level: 'silent' }));
  const statistics = ['mean', 'median', 'occupancy'] as const;
  const spectra = (seq: number) =>
    [100e6, 200e6].map((hertz) => spectrumOf(bandOf(10, hertz), seq, undefined, statistics));
  // Point 7 has no spectrum.
  const points = upTo(POINTS).map((seq) => ({ seq, spectra: seq === 7 ? [] : spectra(seq) }));
  await db.transaction((tx) => insertSpectra(tx, ids.stored, points));
  await db.close();
});

const RANGE = 'from_hz=100000000&to_hz=100002000';

/** Status and the texts of the detail. */
async function refusal(path: string, id = ids.stored): Promise<[number, string]> {
  const { status, body } = await world.gateway.get(`/api/skyscan/${id}/${path}`);
  const { detail } = body as { detail: string | { loc: string[]; msg: string }[] };
  const text =
    typeof detail === 'string' ? detail : detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ');
  return [status, text];
}

describe('spectra: a bad request names the value and the limit', () => {
  test.each([
    ['spectrum', 422, 'query.seq: One of seq and cell is required, or summary=true; none of them is given'],
    [
      'spectrum?seq=1&cell=1',
      422,
      'query.seq: One of seq and cell is required, or summary=true; both of them are given',
    ],
    ['spectrum?seq=1&summary=true', 422, 'query.summary: Must not be used with seq or cell'],
    ['spectrum?cell=1&summary=true', 422, 'query.summary: Must not be used with seq or cell'],
    ['spectrum?seq=0', 422, 'query.seq: Must be a whole number in 1..2147483647'],
    ['spectrum?seq=1.5', 422, 'query.seq: Must be a whole number in 1..2147483647'],
    ['spectrum?seq=1&seq=2', 422, 'query.seq: Must be a whole number in 1..2147483647'],
    ['spectrum?cell=-1', 422, 'query.cell: Must be a whole number in 0..2147483647'],
    ['spectrum?seq=31', 404, 'Point 31 is not stored; stored points are 1..30'],
    ['spectrum?cell=30', 404, 'Cell 30 has no point; cells are in 0..8999, and 30 of 9000 are measured'],
    ['spectrum?cell=9000', 404, 'Cell 9000 has no point; cells are in 0..8999, and 30 of 9000 are measured'],
    ['spectrum?seq=7', 404, 'Point 7 has no spectrum of band 0'],
    ['spectrum?seq=1&band=2', 422, 'query.band: Must be in 0..1, the bands of this session; it is 2'],
    ['spectrum?summary=maybe', 422, 'query.summary: Must be true or false'],
    ['band', 422, /query.from_hz: .*required.*query.to_hz: .*required/i],
    [
      `band?${RANGE}&statistic=mode`,
      422,
      'query.statistic: Must be mean, median, min, max, kurtosis or occupancy',
    ],
    [
      `band?${RANGE}&statistic=kurtosis`,
      422,
      'query.statistic: This session has no kurtosis: its receiver reports mean, median, occupancy',
    ],
    [
      'band?from_hz=100000000&to_hz=100009501',
      422,
      'query.to_hz: Must be in one band of the stored spectra; from 100000000 Hz to 100009501 Hz is not; available: 99999500..100009500 Hz (band 0), 199999500..200009500 Hz (band 1)',
    ],
    ['band?from_hz=99999499&to_hz=100000000', 422, /^query.from_hz: .*99999499 Hz.*99999500\.\.100009500 Hz/],
    ['band?from_hz=100000000&to_hz=200000000', 422, /^query.to_hz: .*in one band/],
    [`band?${RANGE}&band=1`, 422, /available: 199999500\.\.200009500 Hz \(band 1\)$/],
    [
      'band?from_hz=100002000&to_hz=100000000',
      422,
      'query.to_hz: Must be greater than from_hz: 100000000 Hz is not above 100002000 Hz',
    ],
    ['band?from_hz=100000000&to_hz=100000000', 422, /Must be greater than from_hz/],
    ['band?from_hz=-1&to_hz=100000000', 422, 'query.from_hz: Must be a frequency in 0..200000000000 Hz'],
    ['band?from_hz=NaN&to_hz=1e12', 422, /from_hz: Must be a frequency.*to_hz: Must be a frequency/],
    [`band?${RANGE}&format=xml`, 422, /query.format/],
    [`band?${RANGE}&format=csv&decimal=comma`, 422, /A decimal comma needs separator/],
    [`band?${RANGE}&limit=0`, 422, 'query.limit: Must be a whole number in 1..1000000'],
    ['waterfall?rows=0', 422, 'query.rows: Must be a whole number in 1..2048'],
    [
      'waterfall?rows=2049&columns=2049',
      422,
      'query.rows: Must be a whole number in 1..2048; query.columns: Must be a whole number in 1..2048',
    ],
    ['waterfall?statistic=max', 422, /This session has no max/],
    ['waterfall?from_hz=100009501', 422, /^query.from_hz: .*from 100009501 Hz is not; available/],
    ['waterfall?to_hz=99999500', 422, /to 99999500 Hz is not; available/],
    ['measurements?from_hz=100000000', 422, 'query.to_hz: Required with the other end, statistic or band'],
    ['measurements?statistic=max', 422, /query.from_hz: Required.*query.to_hz: Required/],
    [`measurements?${RANGE}&band=5`, 422, 'query.band: Must be in 0..1, the bands of this session; it is 5'],
    [
      `map.png?${RANGE}&statistic=occupancy&corrected=true`,
      422,
      'query.corrected: Must not be used with statistic=occupancy: only levels drift',
    ],
    ['map.png?band=0', 422, /query.from_hz: Required/],
    ['map.png?from_hz=1&to_hz=2', 422, /^query.from_hz: .*available: 99999500/],
  ])('%s: %d', async (path, status, text) => {
    const found = await refusal(path);
    const expected: unknown = typeof text === 'string' ? text : expect.stringMatching(text);
    expect(found).toEqual([status, expected]);
  });

  const PATHS = [
    'spectrum?seq=1',
    'spectrum?summary=true',
    `band?${RANGE}`,
    'waterfall',
    `measurements?${RANGE}`,
    `map.png?${RANGE}`,
  ];
  test.each(PATHS)('%s of a session without spectra is a 409 with the reason', async (path) => {
    expect(await refusal(path, ids.plain)).toEqual([
      409,
      `Session ${ids.plain} has no spectra: it was started without \`spectrum\``,
    ]);
    expect(await refusal(path, ids.empty)).toEqual([
      409,
      `Session ${ids.empty} has no spectra: it has no points yet`,
    ]);
    expect(await refusal(path, 4_711)).toEqual([404, 'Scan session not found']);
  });

  test('no format that the client accepts is a 406', async () => {
    const path = `/api/skyscan/${ids.stored}/band?${RANGE}`;
    const answer = await world.gateway.request(path, { headers: { accept: 'image/png' } });
    expect(answer.status).toBe(406);
  });
});
