import { execFileSync, spawnSync } from 'node:child_process';
import { loadImage, createCanvas } from '@napi-rs/canvas';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ScheduleLevels, TimeLapse } from '#contract/rest/schedule-history';
import { storeCellLevels } from '../../services/api-gateway/store/cell-levels.ts';
import { createDatabase } from '../../services/api-gateway/store/database.ts';
import { readPoints, replacePoints } from '../../services/api-gateway/store/points.ts';
import type { Database } from '../../services/api-gateway/store/queryable.ts';
import { storeSchedule, type StoredSchedule } from '../support/schedule-world.ts';
import { describeUnless } from '../support/peers.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

/** Debian's, to which python3-pil belongs. */
const PYTHON = '/usr/bin/python3';
const installed = spawnSync(PYTHON, ['-c', 'import PIL']).status === 0;

// 10 columns from north in steps of 1 deg, rows at 10 and 11 deg.
const world = useGatewayWorld();
let db: Database;
let schedule: StoredSchedule;
let ids: number[];

beforeAll(async () => {
  db = createDatabase([world.database.url], pino({ level: 'silent' }));
  schedule = await storeSchedule(db, { time_zone: 'Europe/Berlin' });
  ids = [];
  // In the fifth session, cell 3 and four others are up: more than 1 % of all levels.
  for (let day = 1; day <= 8; day++)
    ids.push(
      await schedule.addSession(`2027-01-0${day}T02:00:00Z`, (cell) =>
        day === 5 && (cell === 3 || cell > 15) ? -80 : cell === 3 ? -90 : -95 - cell / 10,
      ),
    );
});
afterAll(() => db.close());

const get = async (path: string) => world.gateway.get(`/api/schedules/${schedule.id}/${path}`);
const levels = async (query: string) => (await get(`levels?${query}`)).body as ScheduleLevels;
async function download(path: string) {
  const response = await fetch(`${world.gateway.url}/api/schedules/${schedule.id}/${path}`);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

describe('the level of a direction', () => {
  test('of the cell, one entry per session', async () => {
    const { unit, sessions, points } = await levels('azimuth=3.2&elevation=10');
    expect({ unit, sessions }).toEqual({ unit: 'dBm', sessions: 8 });
    expect(points.map(({ session_id }) => session_id)).toEqual(ids);
    expect(points[4]).toEqual({
      from: '2027-01-05T02:00:00.000Z',
      to: '2027-01-05T02:00:00.000Z',
      sessions: 1,
      session_id: ids[4],
      median: -80,
      min: -80,
      max: -80,
    });
    expect(points[0]).toMatchObject({ median: -90 });
  });

  test('intervals keep the one session in which it was up', async () => {
    const { sessions, points } = await levels('azimuth=3&elevation=10&max_points=2');
    expect(sessions).toBe(8);
    expect(points).toMatchObject([
      { sessions: 4, median: -90, min: -90, max: -90 },
      { sessions: 4, median: -90, min: -90, max: -80, session_id: ids[4] },
    ]);
  });

  test('of several cells: the mean power', async () => {
    // Cells 3 and 13 (0.98 deg above) at -90 and -96.3 dBm, 2 and 4 beside.
    const { points } = await levels('azimuth=3&elevation=10.5&radius_deg=0.6');
    const mean = 10 * Math.log10((10 ** -9 + 10 ** -9.63) / 2);
    expect(points[0]?.median).toBeCloseTo(mean, 2);
  });

  test('only in a period, also as CSV', async () => {
    const period = 'from=2027-01-03T00:00:00Z&to=2027-01-05T00:00:00Z';
    const { text, headers } = await get(`levels?azimuth=3&elevation=10&format=csv&${period}`);
    expect(headers['content-type']).toContain('text/csv');
    expect(text.split('\r\n')).toEqual([
      'from,to,sessions,session_id,median_dbm,min_dbm,max_dbm',
      `2027-01-03T02:00:00.000Z,2027-01-03T02:00:00.000Z,1,${ids[2]},-90,-90,-90`,
      `2027-01-04T02:00:00.000Z,2027-01-04T02:00:00.000Z,1,${ids[3]},-90,-90,-90`,
      '',
    ]);
  });

  test('outside of the grid there is none; a bad query says what is wrong', async () => {
    expect(await levels('azimuth=180&elevation=10')).toMatchObject({ sessions: 0, points: [] });
    for (const [query, field] of [
      ['', 'azimuth'],
      ['azimuth=3', 'elevation'],
      ['azimuth=3&elevation=10&source_id=1', 'azimuth'],
      ['azimuth=x&elevation=10', 'azimuth'],
      ['azimuth=3&elevation=10&max_points=0', 'max_points'],
      ['azimuth=3&elevation=10&from=2027-01-02T00:00:00Z&to=2027-01-01T00:00:00Z', 'to'],
    ] as const)
      expect(await get(`levels?${query}`), query).toMatchObject({
        status: 422,
        body: {
          detail: expect.arrayContaining([expect.objectContaining({ loc: ['query', field] })]) as unknown,
        },
      });
    expect((await get('levels?source_id=77')).status).toBe(404);
  });

  describe('stored by cell', () => {
    // 100 columns: its cells are in four blocks.
    let wide: StoredSchedule;
    let session: number;
    const CELLS = [63, 64, 163, 164];
    const levelAt = async (query: string) => {
      const { body } = await world.gateway.get(`/api/schedules/${wide.id}/levels?${query}`);
      return (body as ScheduleLevels).points.map(({ median }) => median);
    };
    const around = () => levelAt('azimuth=63.5&elevation=10.5&radius_deg=0.8');
    const hasLevels = async () => {
      const [row] = await db.query<{ has: boolean }>(
        'select has_cell_levels as has from sessions where id = $1',
        [session],
      );
      return row?.has;
    };
    /** By this test or by the gateway. */
    const store = () =>
      until('the levels are stored', async () => {
        await storeCellLevels(db, session - 1);
        return hasLevels();
      });
    const setPoints = (dbm: number) =>
      db.query('update points set mean_dbm = $2 where session_id = $1 and cell = any($3)', [
        session,
        dbm,
        CELLS,
      ]);

    beforeAll(async () => {
      wide = await storeSchedule(db, {}, { az_end: 99 });
      session = await wide.addSession('2027-01-01T02:00:00Z', (cell) => (cell === 163 ? -90 : -100));
    });

    test('are those of the points, also over several blocks', async () => {
      const mean = 10 * Math.log10((10 ** -9 + 3 * 10 ** -10) / 4);
      expect((await around())[0]).toBeCloseTo(mean, 3);
      await store();
      // Only the points have it.
      await setPoints(-50);
      expect((await around())[0]).toBeCloseTo(mean, 3);
    });

    test('are stored again after points were replaced', async () => {
      await setPoints(-70);
      const [point] = await readPoints(db, session, { afterSeq: 0, upToSeq: 1, limit: 1 });
      if (!point) throw new Error('no point');
      const run = { sessionId: session, columns: 100, points: [{ ...point, mean_dbm: -60 }] };
      await db.transaction((tx) => replacePoints(tx, run));
      expect(await around()).toEqual([-70]);
      await store();
      expect([await around(), await levelAt('azimuth=0&elevation=10')]).toEqual([[-70], [-60]]);
    });

    test('do not have cells without a point', async () => {
      await db.query('delete from points where session_id = $1 and cell = 63', [session]);
      await db.query('delete from points where session_id = $1 and cell >= 128', [session]);
      const status = `status = 'cancelled', has_cell_levels = false`;
      await db.query(`update sessions set ${status} where id = $1`, [session]);
      // As if the other points were still to come.
      await storeCellLevels(db, session - 1);
      expect(await hasLevels()).toBe(false);
      await db.query('update sessions set completed_points = 127 where id = $1', [session]);
      await store();
      await db.query('delete from points where session_id = $1', [session]);
      expect(await around()).toEqual([-70]);
      expect(await levelAt('azimuth=63&elevation=10')).toEqual([]);
      expect(await levelAt('azimuth=63&elevation=11')).toEqual([]);
    });

    test('are removed after their session', async () => {
      const rows = async () =>
        (await db.query('select from cell_levels where session_id = $1', [session])).length;
      expect(await rows()).toBeGreaterThan(0);
      const { status } = await world.gateway.request(`/api/skyscan/${session}`, { method: 'DELETE' });
      expect(status).toBe(204);
      await until('the levels are removed', async () => (await rows()) === 0);
    });
  });

  test('of a source of the catalogue', async () => {
    // In one transaction: housekeeping removes entries that no source has.
    const entry = await db.transaction(async (tx) => {
      const [created] = await tx.query<{ id: number }>(
        `insert into catalogue (site_id, azimuth_deg, elevation_deg, covariance, channels, is_narrow, first_seen, last_seen)
         values (1, 3, 10, '{1,0,1}', '[]', false, now(), now()) returning id`,
      );
      for (const [k, peak] of [
        [2, 7.5],
        [4, 12.25],
      ] as const) {
        await tx.query(`insert into source_searches (session_id, status) values ($1, 'done')`, [ids[k]]);
        await tx.query(
          `insert into sources (session_id, number, catalogue_id, azimuth_deg, elevation_deg, azimuth_error_deg,
             elevation_error_deg, covariance_xx, covariance_xy, covariance_yy, peak_db, snr, channels, is_narrow, first_seen,
             last_seen, flags) values ($1, 1, $2, 3, 10, 0.1, 0.1, 1, 0, 1, $3, 20, '[]', false, now(), now(), '{}')`,
          [ids[k], created?.id, peak],
        );
      }
      return created;
    });
    const answer = await levels(`source_id=${entry?.id}`);
    expect(answer).toMatchObject({
      unit: 'dB',
      sessions: 2,
      points: [
        { session_id: ids[2], median: 7.5 },
        { session_id: ids[4], median: 12.25 },
      ],
    });
  });
});

describe('the time lapse', () => {
  test('lists its frames', async () => {
    // The levels are -80, -90 and -95 to -96.9 dBm; of 160, the 1st percentile is the third one.
    expect((await get('timelapse')).body).toEqual({
      unit: 'dBm',
      range: { min: -96.9, max: -80 },
      frames: ids.map((session_id, k) => ({ session_id, at: `2027-01-0${k + 1}T02:00:00.000Z` })),
    });
    const few = (await get('timelapse?every=3&max_frames=2')).body as TimeLapse;
    expect(few.frames.map(({ session_id }) => session_id)).toEqual([ids[1], ids[7]]);
  });

  describeUnless(installed ? undefined : 'python3-pil not installed', 'read by Pillow', () => {
    test('is a GIF with one frame per session', async () => {
      const { status, headers, bytes } = await download(
        'timelapse.gif?projection=rectangular&size=240&frames_per_s=5',
      );
      expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'image/gif' });
      const found = readFrames(bytes);
      expect(found).toHaveLength(8);
      expect(new Set(found.map(({ delay }) => delay))).toEqual(new Set([200]));
      expect(new Set(found.map(({ size }) => String(size))).size).toBe(1);
      // The maps differ by the colour of some cells and by their titles.
      expect(new Set(found.map(({ hash }) => hash)).size).toBe(8);
    });
  });

  test('its scale is the same in all frames: the level that is up has another colour', async () => {
    // Below 240 px a map has no labels: its plot is the whole picture.
    const plain = await download('timelapse-strip.png?projection=rectangular&size=100');
    const maps = await loadImage(plain.bytes);
    const canvas = createCanvas(maps.width, maps.height).getContext('2d');
    canvas.drawImage(maps, 0, 0);
    // The lower row is the lower half; cell 3 is at 3.5 of 10 columns.
    const height = 20;
    const colourOf = (frame: number) =>
      String(canvas.getImageData(8 + frame * 108 + 35, 8 + height - 5, 1, 1).data.slice(0, 3));
    const colours = ids.map((_, frame) => colourOf(frame));
    expect(new Set(colours.filter((_, frame) => frame !== 4)).size).toBe(1);
    expect(colours[4]).not.toBe(colours[0]);
  });

  test('has an ETag, which a new session changes', async () => {
    const path = 'timelapse-strip.png?size=64&max_frames=3';
    const first = await download(path);
    const tag = first.headers.get('etag') ?? '';
    // fetch would ask for a fresh answer.
    const again = () =>
      world.gateway.request(`/api/schedules/${schedule.id}/${path}`, { headers: { 'if-none-match': tag } });
    expect((await again()).status).toBe(304);
    const added = await schedule.addSession('2027-02-01T02:00:00Z');
    expect((await again()).status).toBe(200);
    await db.query('delete from schedule_runs where session_id = $1', [added]);
  });

  test('a client that leaves does not block the next one', async () => {
    const leaving = new AbortController();
    const url = `${world.gateway.url}/api/schedules/${schedule.id}/timelapse.gif?size=1000`;
    const left = fetch(url, { signal: leaving.signal });
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect((await download('timelapse-strip.png?size=70')).status).toBe(200);
  });

  test('says why there is none', async () => {
    const empty = await storeSchedule(db);
    expect(await world.gateway.get(`/api/schedules/${empty.id}/timelapse.gif`)).toMatchObject({
      status: 409,
      body: { detail: 'The schedule has no completed sessions in this period' },
    });
    expect((await get('timelapse.gif?size=2000')).status).toBe(422);
    expect((await get('timelapse.gif?from_hz=1&to_hz=2')).status).toBe(409);
    expect((await world.gateway.get('/api/schedules/99999/timelapse.gif')).status).toBe(404);
  });
});

const READ_FRAMES = `
import hashlib, io, json, sys
from PIL import Image
image = Image.open(io.BytesIO(sys.stdin.buffer.read()))
frames = []
for n in range(image.n_frames):
    image.seek(n)
    rgb = image.convert('RGB')
    frames.append({'size': rgb.size, 'delay': image.info['duration'], 'hash': hashlib.md5(rgb.tobytes()).hexdigest()})
print(json.dumps(frames))`;

/** Frames of a GIF as Pillow reads them; milliseconds. */
function readFrames(gif: Buffer): { size: number[]; delay: number; hash: string }[] {
  return JSON.parse(execFileSync(PYTHON, ['-c', READ_FRAMES], { input: gif }).toString()) as never;
}
