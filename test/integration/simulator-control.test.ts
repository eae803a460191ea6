import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startObservatory, type TestObservatory } from '../support/observatory.ts';

let observatory: TestObservatory;

beforeAll(async () => {
  observatory = await startObservatory({ SIM_SEED: '7' });
});

afterAll(() => observatory.close());

async function ask(method: string, path: string, body?: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`http://127.0.0.1:${observatory.controlPort}${path}`, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: await response.json() };
}

describe('the control interface', () => {
  test('reports its health', async () => {
    expect(await ask('GET', '/health')).toEqual({
      status: 200,
      body: { status: 'ok', service: 'simulator' },
    });
  });

  test('returns the true level of one or many pointings', async () => {
    const one = await ask('GET', '/truth?azimuth=100.5&elevation=40');
    expect(one).toMatchObject({ status: 200, body: { azimuth: 100.5, elevation: 40 } });
    const pointings = Array.from({ length: 5_000 }, (_, k) => ({
      azimuth: k % 360,
      elevation: 20 + (k % 40),
    }));
    const many = await ask(
      'POST',
      '/truth',
      JSON.stringify([{ azimuth: 100.5, elevation: 40 }, ...pointings]),
    );
    expect(many.status).toBe(200);
    expect(many.body).toHaveLength(5_001);
    expect((many.body as number[])[0]).toBe((one.body as { dbm: number }).dbm);
  });

  test('returns levels that depend on the seed', async () => {
    const same = await startObservatory({ SIM_SEED: '7' });
    const other = await startObservatory({ SIM_SEED: '8' });
    expect(await same.truth(100, 40)).toBe(await observatory.truth(100, 40));
    expect(await other.truth(100, 40)).not.toBe(await observatory.truth(100, 40));
    await Promise.all([same.close(), other.close()]);
  });

  test('lists its sources, with their signals', async () => {
    const { status, body } = await ask('GET', '/truth/sources');
    expect(status).toBe(200);
    const sources = body as { name: string; kind: string; level_dbm: number; signals: object[] }[];
    expect(sources[0]).toMatchObject({ name: 'Sun', kind: 'sun', level_dbm: -75, signals: [] });
    expect(sources.filter(({ kind }) => kind === 'emitter')).toHaveLength(4);
    expect(sources.at(-1)?.signals).toHaveLength(2);
    expect(sources.at(-1)?.signals[0]).toMatchObject({ bandwidth_hz: 0, repeats_hz: 2_048_000, on_share: 1 });
  });

  test('returns the expected spectrum, which adds up to the true level', async () => {
    const [at, tuned] = ['azimuth=100&elevation=40', 'frequency_hz=1420000000&sample_rate_hz=2048000'];
    const { body } = await ask('GET', `/truth/spectrum?${at}&channels=256&${tuned}`);
    const { mean_db: levels, ...axis } = body as { mean_db: number[] };
    expect(axis).toEqual({ unit: 'dBm', first_channel_hz: 1_418_976_000, channel_hz: 8_000, channels: 256 });
    const sum = levels.reduce((total, db) => total + 10 ** (db / 10), 0);
    expect(10 * Math.log10(sum)).toBeCloseTo(await observatory.truth(100, 40), 3);
  });

  test('changes only the given faults', async () => {
    await ask('POST', '/faults', '{"stall": true}');
    expect(await ask('POST', '/faults', '{"jump_deg": 3}')).toMatchObject({
      body: { stall: true, jump_deg: 3 },
    });
    await ask('POST', '/faults', '{"stall": false, "jump_deg": 0}');
    expect((await ask('GET', '/faults')).body).toEqual({
      stall: false,
      jump_deg: 0,
      noise_deg: 0,
      dead_band_deg: 0,
      refused_readings: 0,
      rotctld_silent: false,
      rotctld_refuse: false,
      dongle_silent: false,
      dongle_drop: false,
      dongle_late_ms: 0,
      dongle_rate_hz: 0,
    });
  });

  test.each([
    ['no elevation', 'GET', '/truth?azimuth=1', undefined, 422],
    ['text instead of numbers', 'GET', '/truth?azimuth=a&elevation=b', undefined, 422],
    ['a number that is not finite', 'GET', '/truth?azimuth=Infinity&elevation=1', undefined, 422],
    ['a repeated parameter', 'GET', '/truth?azimuth=1&azimuth=2&elevation=1', undefined, 422],
    ['an end before the start', 'GET', '/truth/sources?from=2000&to=1000', undefined, 422],
    ['an end without a start', 'GET', '/truth?azimuth=1&elevation=1&to=1000', undefined, 422],
    [
      'channels that are no power of two',
      'GET',
      '/truth/spectrum?azimuth=1&elevation=1&channels=1000',
      undefined,
      422,
    ],
    ['too many channels', 'GET', '/truth/spectrum?azimuth=1&elevation=1&channels=8192', undefined, 422],
    [
      'a rate that no dongle has',
      'GET',
      '/truth/spectrum?azimuth=1&elevation=1&sample_rate_hz=1',
      undefined,
      422,
    ],
    ['an object instead of an array', 'POST', '/truth', '{"azimuth": 1, "elevation": 1}', 422],
    ['an empty array', 'POST', '/truth', '[]', 422],
    [
      'too many pointings',
      'POST',
      '/truth',
      JSON.stringify(Array(20_001).fill({ azimuth: 1, elevation: 1 })),
      422,
    ],
    ['an endless body', 'POST', '/truth', `[${' '.repeat(5_000_000)}]`, 413],
    ['malformed JSON', 'POST', '/faults', '{"stall": ', 400],
    ['an unknown fault', 'POST', '/faults', '{"earthquake": true}', 422],
    ['a wrong type', 'POST', '/faults', '{"stall": "yes"}', 422],
    ['an empty body', 'POST', '/faults', undefined, 422],
    ['an unknown path', 'GET', '/nowhere', undefined, 404],
  ])('refuses %s', async (_, method, path, body, status) => {
    const answer = await ask(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty('detail');
  });
});
