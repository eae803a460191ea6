import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATISTICS, UNKNOWN, type PointSpectrum, type Statistic } from '#shared/spectrum/point-spectrum';
import { purge } from '../../services/api-gateway/store/deletions/purge.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import type { Database, Queryable } from '../../services/api-gateway/store/queryable.ts';
import { findBands, type StoredBand } from '../../services/api-gateway/store/spectra/bands.ts';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { packTiles } from '../../services/api-gateway/store/spectra/pack-tiles.ts';
import { readCodes } from '../../services/api-gateway/store/spectra/read-codes.ts';
import { readSpectrum } from '../../services/api-gateway/store/spectra/read-spectrum.ts';
import { addScan, bandOf, noise, spectrumOf, type Value } from '../support/stored-spectra.ts';
import { startTestScan, upTo } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

const TILE = 2_048;
const world = useGatewayWorld();
let db: Database;

beforeAll(async () => {
  await startTestScan(world);
  // A running gateway packs tiles, too.
  await world.gateway.close();
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
});
afterAll(() => db.close());

/** Stores the spectra of points 1 to `last` of a new session; undefined: the point has none. */
async function store(last: number, spectraOf: (seq: number) => PointSpectrum[] | undefined): Promise<number> {
  const id = await addScan(world.database.url, last);
  const points = upTo(last).map((seq) => ({ seq, spectra: spectraOf(seq) ?? [] }));
  for (let start = 0; start < points.length; start += 500)
    await db.transaction((tx) => insertSpectra(tx, id, points.slice(start, start + 500)));
  return id;
}

async function bandAt(id: number, index = 0): Promise<StoredBand> {
  const band = (await findBands(db, id))[index];
  if (!band) throw new Error(`session ${id} has no band ${index}`);
  return band;
}

async function count(table: string, id: number): Promise<number> {
  const [row] = await db.query<{ rows: number }>(
    `select count(*)::int as rows from ${table} where session_id = $1`,
    [id],
  );
  return row?.rows ?? NaN;
}

const TABLES = ['spectrum_bands', 'spectrum_rows', 'spectrum_tiles', 'spectrum_heads'];
const counts = (id: number) => Promise.all(TABLES.map((table) => count(table, id)));

/** All codes of a statistic by seq and channel, read in one range. */
async function codesOf(id: number, statistic: Statistic, last: number, index = 0): Promise<Int16Array> {
  const band = await bandAt(id, index);
  const { channels } = band;
  const all = new Int16Array(last * channels).fill(UNKNOWN);
  const range = { statistic, firstSeq: 1, lastSeq: last, firstChannel: 0, lastChannel: channels - 1 };
  await readCodes(db, band, range, (chunk) => {
    for (let n = 0; n < chunk.points; n++)
      for (let k = 0; k < chunk.channels && chunk.firstChannel + k < channels; k++)
        all[(chunk.firstSeq + n - 1) * channels + chunk.firstChannel + k] = chunk.codes[
          n * chunk.channels + k
        ] as number;
  });
  return all;
}

/** The same from the spectra that were stored. */
function expectedCodes(
  spectraOf: (seq: number) => PointSpectrum[] | undefined,
  statistic: Statistic,
  last: number,
  index = 0,
): Int16Array {
  const bands = upTo(last).map((seq) => spectraOf(seq)?.[index]);
  const channels = bands.find(Boolean)?.band.flags.length ?? 0;
  const all = new Int16Array(last * channels).fill(UNKNOWN);
  bands.forEach((spectrum, n) => all.set(spectrum?.codes[statistic] ?? [], n * channels));
  return all;
}

async function expectStored(
  id: number,
  last: number,
  spectraOf: (seq: number) => PointSpectrum[] | undefined,
  bands = 1,
): Promise<void> {
  for (let index = 0; index < bands; index++)
    for (const statistic of STATISTICS)
      expect(
        Buffer.compare(
          Buffer.from((await codesOf(id, statistic, last, index)).buffer),
          Buffer.from(expectedCodes(spectraOf, statistic, last, index).buffer),
        ),
        `${statistic} of band ${index}`,
      ).toBe(0);
}

/** Each point has two bands; some lack statistics, some have no spectrum. */
const bands = [bandOf(40), bandOf(17, 200e6)];
const made = new Map<number, PointSpectrum[]>();

function varied(seq: number): PointSpectrum[] | undefined {
  if (seq % 100 === 3) return undefined;
  const known = made.get(seq);
  if (known) return known;
  const statistics = STATISTICS.filter((name) => name !== 'kurtosis' || seq % 5 > 0);
  const value: Value = (name, n, channel) =>
    n % 11 === 0 && channel % 3 === 0 ? NaN : noise(name, n, channel);
  const spectra = bands.map((band) => spectrumOf(band, seq, value, statistics));
  made.set(seq, spectra);
  return spectra;
}

describe('stored spectra', () => {
  const LAST = 2 * TILE + 300;
  let id: number;

  beforeAll(async () => {
    id = await store(LAST, varied);
  });

  test('are the same as rows, after packing, and after the end of the session', async () => {
    await expectStored(id, LAST, varied, 2);
    await packTiles(db, id, LAST, false);
    expect(await counts(id)).toEqual([2, 297 * 2, 2 * 6 * (3 + 2), 4]);
    await expectStored(id, LAST, varied, 2);
    await packTiles(db, id, LAST, true);
    expect(await counts(id)).toEqual([2, 0, 3 * 6 * (3 + 2), 6]);
    await expectStored(id, LAST, varied, 2);
    await packTiles(db, id, LAST, true);
    await expectStored(id, LAST, varied, 2);
  });

  test.each([1, 2, 5, 11, TILE, TILE + 1, LAST])('point %d is read with all its values', async (seq) => {
    for (const index of [0, 1]) {
      const { band, isCalibrated, codes, ...head } = varied(seq)?.[index] as PointSpectrum;
      const stored = await bandAt(id, index);
      expect(stored).toMatchObject({ ...band, flags: Buffer.from(band.flags), isCalibrated });
      const found = await readSpectrum(db, id, index, { seq });
      expect(found).toMatchObject({ ...head, band: stored, point: { seq } });
      const known = (of: Int16Array | undefined) =>
        of?.every((code) => code === UNKNOWN) ? [] : [...(of ?? [])];
      for (const statistic of STATISTICS)
        expect(known(found?.codes[statistic])).toEqual(known(codes[statistic]));
    }
  });

  test('a point without a spectrum has none', async () => {
    expect(await readSpectrum(db, id, 0, { seq: 103 })).toBeUndefined();
    expect(await readSpectrum(db, id, 0, { seq: LAST + 1 })).toBeUndefined();
  });

  test('parts of tiles and rows are read by points and channels', async () => {
    const rows = await store(TILE + 50, varied);
    await packTiles(db, rows, TILE + 50, false);
    const seen = new Set<number>();
    const range = { firstSeq: TILE - 10, lastSeq: TILE + 10, firstChannel: 20, lastChannel: 21 };
    await readCodes(db, await bandAt(rows), { statistic: 'mean', ...range }, (chunk) => {
      for (let n = 0; n < chunk.points; n++) {
        const seq = chunk.firstSeq + n;
        seen.add(seq);
        for (const channel of [20, 21])
          expect(chunk.codes[n * chunk.channels + channel - chunk.firstChannel]).toBe(
            varied(seq)?.[0]?.codes.mean?.[channel] ?? UNKNOWN,
          );
      }
    });
    expect([...seen].sort((a, b) => a - b)).toEqual(upTo(21).map((n) => n + TILE - 11));
  });

  test('points that arrive after the end are appended to the last tile', async () => {
    const late = await store(100, varied);
    await packTiles(db, late, 100, true);
    const more = upTo(30).map((n) => ({ seq: 100 + n, spectra: varied(100 + n) ?? [] }));
    await db.transaction((tx) => insertSpectra(tx, late, more));
    await expectStored(late, 130, varied, 2);
    await packTiles(db, late, 130, true);
    expect(await count('spectrum_rows', late)).toBe(0);
    await expectStored(late, 130, varied, 2);
  });

  test('a statistic that no point of a tile has takes no space', async () => {
    const fromTile = (seq: number) => [
      spectrumOf(bandOf(16), seq, undefined, seq > TILE ? STATISTICS : ['mean', 'occupancy']),
    ];
    const session = await store(2 * TILE, fromTile);
    await packTiles(db, session, 2 * TILE, false);
    expect(await count('spectrum_tiles', session)).toBe(2 + 6);
    await expectStored(session, 2 * TILE, fromTile);
    expect((await bandAt(session)).statistics).toEqual(STATISTICS);
    for (const seq of [TILE, TILE + 1])
      expect((await readSpectrum(db, session, 0, { seq }))?.codes).toEqual(fromTile(seq)[0]?.codes);
  });

  test('of more channels than a statement transposes are packed too', async () => {
    const band = bandOf(2_100);
    const template = spectrumOf(band, 1, noise, ['max']);
    const codes = template.codes.max as Int16Array;
    // Every value of a tile differs from its neighbours.
    const wide = (seq: number) => [
      { ...template, codes: { ...template.codes, max: codes.map((code, k) => code + (seq % 89) + (k % 7)) } },
    ];
    const session = await store(TILE, wide);
    await packTiles(db, session, TILE, false);
    expect(await counts(session)).toEqual([1, 0, 132, 1]);
    await expectStored(session, TILE, wide);
  });

  test('are packed once by two gateways at the same time', async () => {
    const other = createDatabase([world.database.url], pino({ level: 'silent' }));
    const session = await store(TILE + 5, varied);
    await Promise.all([db, other, db, other].map((each) => packTiles(each, session, TILE + 5, true)));
    await packTiles(db, session, TILE + 5, true);
    await other.close();
    expect(await counts(session)).toEqual([2, 0, 2 * 6 * (3 + 2), 4]);
    await expectStored(session, TILE + 5, varied, 2);
  });

  test('nothing is lost if packing fails at any statement', async () => {
    const session = await store(TILE, varied);
    let fails = 0;
    for (let limit = 1; (await count('spectrum_rows', session)) > 0; limit++) {
      await packTiles(failingAfter(limit), session, TILE, false).catch(() => fails++);
      await expectStored(session, TILE, varied, 2);
    }
    expect(fails).toBeGreaterThan(12);
  });

  test('are deleted with the session', async () => {
    await world.database.execute(`delete from sessions where id = ${id}`);
    for await (const step of purge(db, id)) expect(step).toBeUndefined();
    expect(await counts(id)).toEqual([0, 0, 0, 0]);
  });

  test('must have the channels of the first point', async () => {
    const session = await store(3, varied);
    const others: PointSpectrum['band'][] = [
      { ...bandOf(40), firstChannelHz: 100e6 + 1 },
      { ...bandOf(40), channelHz: 999 },
      { ...bandOf(40), flags: new Uint8Array(40) },
      bandOf(41),
    ];
    for (const band of others) {
      const insert = db.transaction((tx) =>
        insertSpectra(tx, session, [{ seq: 4, spectra: [spectrumOf(band, 4)] }]),
      );
      await expect(insert).rejects.toMatchObject({
        kind: 'invalid',
        message: expect.stringMatching(/band 0 of session \d+ has 40 channels of 1000 Hz/) as string,
      });
    }
    expect(await count('spectrum_rows', session)).toBe(4);
  });
});

/** A database whose transactions fail at the n-th statement of all transactions. */
function failingAfter(limit: number): Database {
  let statements = 0;
  return {
    ...db,
    transaction: (work) =>
      db.transaction((tx) => {
        const failing: Queryable = {
          query: (sql, values) => {
            if (++statements === limit) throw new Error('killed');
            return tx.query(sql, values);
          },
        };
        return work(failing);
      }),
  };
}
