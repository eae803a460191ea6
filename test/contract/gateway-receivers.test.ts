import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { createRefusals, locations, type Refusals } from '../support/gateway-refusals.ts';
import { until } from '../support/until.ts';

let suite: Refusals;
beforeAll(async () => {
  suite = await createRefusals();
});
afterAll(() => suite.world.close());
beforeEach(() => suite.world.orchestrator.failing.clear());

interface Calibration {
  id: number;
  dbm_offset_db: number;
}

const calibrate = async (change: object = {}) => {
  const body = { level_dbm: -50, gain_db: 30, ...change };
  return suite.world.gateway.post('/api/receivers/default/calibrate', body);
};
const get = (path: string) => suite.world.gateway.get(path);

describe('receivers', () => {
  test('are listed with their properties, or with the reason why one cannot be reached', async () => {
    expect((await get('/api/receivers')).body).toEqual([
      {
        site_id: 1,
        name: 'default',
        connected: true,
        tuner: 'R820T',
        gains_db: [0, 29.7, 49.6],
        sample_rate_hz: 2_048_000,
        trouble: null,
        calibrations: [],
      },
      {
        site_id: 1,
        name: 'roof',
        connected: false,
        tuner: null,
        gains_db: [],
        sample_rate_hz: null,
        trouble: 'rtl_tcp at 127.0.0.1:1 does not answer',
        calibrations: [],
      },
    ]);
    expect((await get('/api/receivers/roof')).body).toMatchObject({ name: 'roof', connected: false });
  });

  test('are a 503 when the sampler is unavailable', async () => {
    suite.world.orchestrator.failing.set(
      'listReceivers',
      new SkyScanError('unavailable', 'Cannot connect to the receiver: no connection', {
        details: { peer: 'receiver' },
      }),
    );
    const answer = await get('/api/receivers');
    expect([answer.status, answer.body]).toEqual([
      503,
      { detail: 'Cannot connect to the receiver: no connection' },
    ]);
  });

  test.each(['nobody', 'a%20b', '%00', '..%2fdefault', 'x'.repeat(33), '%E0%A4%A'])(
    '%s is a 404',
    async (name) => {
      for (const [method, path] of [
        ['GET', name],
        ['GET', `${name}/calibrations`],
        ['POST', `${name}/calibrate`],
      ] as const) {
        const body = method === 'POST' ? { level_dbm: -50, gain_db: 30 } : undefined;
        const answer = await suite.refused(`/api/receivers/${path}`, { method, body });
        expect([answer.status, answer.body]).toEqual([404, { detail: 'Receiver not found' }]);
      }
    },
  );
});

describe('a calibration', () => {
  test('stores the offset between dBm and dBFS with the actual gain of the tuner', async () => {
    const answer = await calibrate();
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(Number) as number,
      site_id: 1,
      receiver: 'default',
      center_frequency_hz: 1_420_000_000,
      bandwidth_hz: 2_000_000,
      gain_db: 29.7,
      dbm_offset_db: -10,
      level_dbm: -50,
      measured_dbfs: -40,
      std_db: 0.03,
      reads: 100,
      read_ms: 10,
      tuning_version: 2,
      outdated: false,
      calibrated_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(suite.world.orchestrator.measuredLevels.at(-1)).toEqual({
      reads: 100,
      settings: {
        centerFrequencyHz: 1_420_000_000,
        bandwidthHz: 2_000_000,
        gainDb: 30,
        readMs: 10,
        name: 'default',
        frequencyCorrectionPpm: 0,
        biasTee: false,
      },
    });
    expect((await get(String(answer.headers['location']))).body).toEqual(answer.body);
  });

  test('is listed, the newest of each setting with its receiver, and can be removed', async () => {
    const older = (await calibrate({ center_frequency_hz: 1e9, level_dbm: -45 })).body as Calibration;
    const newer = (await calibrate({ center_frequency_hz: 1e9 + 400, level_dbm: -44 })).body as Calibration;
    const listed = (await get('/api/receivers/default/calibrations')).body as Calibration[];
    expect(listed.slice(0, 2)).toEqual([newer, older]);
    const { calibrations } = (await get('/api/receivers/default')).body as { calibrations: Calibration[] };
    expect(calibrations).toContainEqual(newer);
    expect(calibrations).not.toContainEqual(older);
    const path = `/api/receivers/default/calibrations/${newer.id}`;
    const remove = (of: string) => suite.world.gateway.request(of, { method: 'DELETE' });
    expect((await remove(path.replace('default', 'roof'))).status).toBe(404);
    expect((await remove(path)).status).toBe(204);
    const again = await remove(path);
    expect([again.status, again.body]).toEqual([404, { detail: 'Calibration not found' }]);
    expect((await get('/api/receivers/default')).body).toMatchObject({
      calibrations: expect.arrayContaining([older]) as object[],
    });
  });

  test.each([
    ['clipped', 0.03, /lower the level or gain_db/],
    ['underloaded', 0.03, /raise the level or gain_db/],
    ['dc_offset', 0.03, /use a narrower bandwidth_hz/],
    ['dropped', 0.03, /calibrate again/],
    ['', 1.5, /^The level is not steady: the spread of the reads is 1\.50 dB/],
  ])('of reads that are %s and scatter by %d dB is refused with a remedy', async (flag, stdDb, message) => {
    const { level } = suite.world.orchestrator;
    const before = { ...level };
    Object.assign(level, { flags: flag ? [flag] : [], stdDb });
    const stored = (await get('/api/receivers/default/calibrations')).text;
    const answer = await calibrate();
    Object.assign(level, before);
    expect(answer.status).toBe(409);
    expect((answer.body as { detail: string }).detail).toMatch(message);
    expect((await get('/api/receivers/default/calibrations')).text).toBe(stored);
  });

  test('does not wait: a receiver in use is a 409, an unavailable one a 503', async () => {
    const inUse = 'receiver default is in use by session 1; pause the session or wait until it ends';
    suite.world.orchestrator.failing.set('measureLevel', new SkyScanError('busy', inUse));
    const busy = await calibrate();
    expect([busy.status, busy.body]).toEqual([409, { detail: inUse }]);
    const body = { level_dbm: -50, gain_db: 30 };
    const away = await suite.world.gateway.post('/api/receivers/roof/calibrate', body);
    expect([away.status, away.body]).toEqual([
      503,
      { detail: 'Cannot connect to receiver roof: rtl_tcp at 127.0.0.1:1 does not answer' },
    ]);
  });

  const cases: [string, string][] = [
    ['level_dbm', '{"gain_db": 30}'],
    ['gain_db', '{"level_dbm": -50}'],
    ...['"-50"', 'null', '1e999', '-200.1', '51', '[]'].map((level): [string, string] => [
      'level_dbm',
      `{"gain_db": 30, "level_dbm": ${level}}`,
    ]),
    ...[
      ['gain_db', '201'],
      ['gain_db', 'null'],
      ['center_frequency_hz', '0'],
      ['center_frequency_hz', '1e12'],
      ['bandwidth_hz', '-1'],
      ['read_ms', '0'],
      ['read_ms', '"5"'],
      ['reads', '9'],
      ['reads', '1001'],
      ['reads', '10.5'],
      ['frequency_correction_ppm', '1001'],
      ['bias_tee', '1'],
      ['dbm_offset_db', '1'],
      ['receiver', '"roof"'],
    ].map(([field = '', value]): [string, string] => [
      field,
      `{"level_dbm": -50, "gain_db": 30, "${field}": ${value}}`.replace(
        '"gain_db": 30, "gain_db"',
        '"gain_db"',
      ),
    ]),
    ['reads', '{"level_dbm": -50, "gain_db": 30, "read_ms": 2000}'],
  ];
  test.each(cases)('refuses a wrong %s: %s', async (field, body) => {
    const before = suite.world.orchestrator.measuredLevels.length;
    const answer = await suite.refused('/api/receivers/default/calibrate', { method: 'POST', body });
    expect([answer.status, locations(answer)]).toEqual([422, [`body.${field}`]]);
    expect(suite.world.orchestrator.measuredLevels).toHaveLength(before);
  });
});

describe('a scan', () => {
  const FREQUENCY = 2e9;
  let rotors = 0;
  const scan = (rotor_id: number) => ({ rotor_id, az_end: 4, el_start: 10, el_end: 12 });
  async function rotorWith(change: object = {}): Promise<number> {
    const body = { name: `calibrated ${++rotors}`, center_frequency_hz: FREQUENCY, ...change };
    return ((await suite.world.gateway.post('/api/rotors', body)).body as { id: number }).id;
  }
  async function offsetOfScan(rotorId: number): Promise<number | undefined> {
    const { body } = await suite.world.gateway.post('/api/skyscan/start', scan(rotorId));
    const { id } = body as { id: number };
    return suite.world.orchestrator.sessions.get(id)?.start.rotor?.receiver?.dbmOffsetDb;
  }
  async function warnings(rotorId: number): Promise<string[]> {
    const { body } = await suite.world.gateway.post('/api/skyscan/preview', scan(rotorId));
    return (body as { warnings: string[] }).warnings;
  }

  test('uses the newest matching calibration unless the rotor sets an offset', async () => {
    const uncalibrated = await rotorWith();
    expect(await offsetOfScan(uncalibrated)).toBeUndefined();
    expect(await warnings(uncalibrated)).toEqual([
      'a warning',
      'levels will be in dBFS: receiver default has no calibration for 2000 MHz, 2 MHz of bandwidth and 29.7 dB of gain',
    ]);
    await calibrate({ center_frequency_hz: FREQUENCY + 900, level_dbm: -55 });
    await calibrate({ center_frequency_hz: FREQUENCY + 900, level_dbm: -52 });
    await calibrate({ center_frequency_hz: FREQUENCY + 1_100, level_dbm: -10 });
    await calibrate({ center_frequency_hz: FREQUENCY, bandwidth_hz: 1e6, level_dbm: -10 });
    expect(await offsetOfScan(uncalibrated)).toBe(-12);
    expect(await warnings(uncalibrated)).toEqual(['a warning']);
    expect(await offsetOfScan(await rotorWith({ dbm_offset_db: 5 }))).toBe(5);
    expect(await offsetOfScan(await rotorWith({ receiver: 'roof' }))).toBeUndefined();
    expect(await offsetOfScan(await rotorWith({ rssi_source: 'rotctld' }))).toBeUndefined();
    // The rotor keeps the setting of its owner.
    expect((await get(`/api/rotors/${uncalibrated}`)).body).toMatchObject({ dbm_offset_db: null });
  });

  test('does not use a calibration of another tuner gain', async () => {
    const { level } = suite.world.orchestrator;
    const rotorId = await rotorWith({ center_frequency_hz: 3e9 });
    await calibrate({ center_frequency_hz: 3e9 });
    level.gainDb = 32.8;
    const [at32, warned] = [await offsetOfScan(rotorId), await warnings(rotorId)];
    level.gainDb = 29.7;
    expect([at32, warned.at(-1)]).toEqual([undefined, expect.stringContaining('32.8 dB of gain')]);
    expect(await offsetOfScan(rotorId)).toBe(-10);
  });

  test.each([0, 1, 3])(
    'does not use a calibration of tuning version %d and asks for a new one',
    async (version) => {
      const { level } = suite.world.orchestrator;
      const center_frequency_hz = 5e9 + version * 1e6;
      const rotorId = await rotorWith({ center_frequency_hz });
      level.tuningVersion = version;
      const { id } = (await calibrate({ center_frequency_hz })).body as Calibration;
      level.tuningVersion = 2;
      // An older sampler does not report it.
      const reported = version || 1;
      expect((await get(`/api/receivers/default/calibrations/${id}`)).body).toMatchObject({
        tuning_version: reported,
        outdated: true,
      });
      expect(await offsetOfScan(rotorId)).toBeUndefined();
      expect((await warnings(rotorId)).at(-1)).toBe(
        `levels will be in dBFS: calibration ${id} of receiver default was made with tuning_version ${reported}, ` +
          'but levels are now measured with 2; calibrate again',
      );
      await calibrate({ center_frequency_hz });
      expect(await offsetOfScan(rotorId)).toBe(-10);
      expect(await warnings(rotorId)).toEqual(['a warning']);
    },
  );

  test('keeps its calibration once it has started', async () => {
    const { orchestrator } = suite.world;
    const rotorId = await rotorWith({ center_frequency_hz: 4e9 });
    await calibrate({ center_frequency_hz: 4e9 });
    const started = await suite.world.gateway.post('/api/skyscan/start', scan(rotorId));
    const { id } = started.body as { id: number };
    await calibrate({ center_frequency_hz: 4e9, level_dbm: -20 });
    // Handed over again, as to an orchestrator that has lost its disk.
    orchestrator.sessions.delete(id);
    const again = await until('it is handed over again', async () => {
      await suite.world.gateway.post(`/api/skyscan/${id}/pause`);
      return orchestrator.sessions.get(id);
    });
    expect(again.start.rotor?.receiver?.dbmOffsetDb).toBe(-10);
  });
});
