import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Baseline } from '#contract/rest/baselines';
import { ROUTES } from '#contract/rest/routes';
import { insertSpectra } from '../../services/api-gateway/store/spectra/insert-spectra.ts';
import { baselineCalls, CELLS, createBaselineSky, type BaselineSky } from '../support/baseline-sky.ts';
import { startFakeAnalyst, type FakeAnalyst } from '../support/fake-analyst.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { addRotor, startTestScan } from '../support/gateway-scan.ts';
import { bandOf, spectrumOf, type Value } from '../support/stored-spectra.ts';
import { until } from '../support/until.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Which sessions fit a baseline, and its bands. The arithmetic is that of a simple service.

const world = useGatewayWorld();
let sky: BaselineSky;
let analyst: FakeAnalyst;
let gateway: Gateway;
const { ask, comparison, create, members, refusal, settled } = baselineCalls(() => gateway);

beforeAll(async () => {
  const { rotorId } = await startTestScan(world);
  sky = await createBaselineSky(world, rotorId);
  analyst = await startFakeAnalyst(0);
  gateway = await world.startGateway({
    SKY_ANALYST_ADDRESS: `127.0.0.1:${analyst.port}`,
    SEARCH_SESSIONS: 'on_request',
  });
});
afterAll(async () => {
  await gateway.close();
  await analyst.close();
  await sky.close();
});

describe('sessions with spectra', () => {
  const CHANNELS = 32;
  const LINE = { seq: 100, channels: [10, 11], raisedDb: 10 };
  /** Of the rotor of the sessions: 1,419 to 1,421 MHz. */
  const band = { ...bandOf(CHANNELS, 1_419_031_250), channelHz: 62_500 };

  async function scanWithSpectra(day: number, hasLine: boolean): Promise<number> {
    const id = await sky.scan(day, [], { isNamed: true });
    const level: Value = (_statistic, seq, channel) =>
      -105 + (hasLine && seq === LINE.seq && LINE.channels.includes(channel) ? LINE.raisedDb : 0);
    const spectra = Array.from({ length: CELLS }, (_, k) => ({
      seq: k + 1,
      spectra: [spectrumOf(band, k + 1, level, ['mean'])],
    }));
    await sky.db.transaction((tx) => insertSpectra(tx, id, spectra));
    return id;
  }

  test('are compared in parts of the band', async () => {
    const sessions = [];
    for (const day of [0, 1, 2]) sessions.push(await scanWithSpectra(day, false));
    const id = await create({ name: 'Spectra', session_ids: sessions });
    const { bands } = await settled(id, 3);
    expect(bands).toHaveLength(17);
    expect(bands[0]).toEqual({ index: 0, band: 0, from_hz: 1_419e6, to_hz: 1_421e6 });
    expect(bands[6]).toMatchObject({ band: 0, from_hz: 1_419e6 + 5 * 125e3, to_hz: 1_419e6 + 6 * 125e3 });
    const withLine = await scanWithSpectra(3, true);
    const path = `/api/skyscan/${withLine}/anomalies`;
    await ask('POST', path, { baseline_id: id });
    await until('it is compared', async () => (await comparison(withLine, id))?.status === 'done');
    const changesIn = async (index: number) =>
      ROUTES['GET /api/skyscan/{session_id}/anomalies/map'].answer
        .parse(await ask('GET', `${path}/map?baseline=${id}&band=${index}`))
        .map(({ change_db }) => change_db ?? NaN);
    for (const index of [0, 5, 6, 7]) {
      const strongest = Math.max(...(await changesIn(index)));
      if (index === 6) expect(strongest).toBeCloseTo(LINE.raisedDb, 1);
      else expect(strongest).toBeLessThan(1);
    }
    await ask('DELETE', `/api/baselines/${id}`);
  });
});

describe('what does not fit', () => {
  test('is refused with the reason', async () => {
    const [one, two, three] = [
      await sky.scan(0, [], { isNamed: true }),
      await sky.scan(1, [], { isNamed: true }),
      await sky.scan(2, [], { isNamed: true }),
    ];
    const wide = await sky.scan(3, [], { isNamed: true, rotor: { beam_width_deg: 20 } });
    const id = await create({ name: 'Named', session_ids: [three, one, two, wide, one] });
    const found = await settled(id, 4);
    expect(found).toMatchObject({ included: 3, excluded: 1, schedule_id: null, is_growing: false });
    const reason = 'its beam width is 20 deg; in the baseline it is 8 deg';
    expect((await members(id))[0]).toMatchObject({ session_id: wide, status: 'excluded', reason });
    const refused = [409, `Session ${wide} does not fit baseline ${id}: ${reason}`];
    expect(await refusal('PUT', `/api/baselines/${id}/sessions/${wide}`, { status: 'included' })).toEqual(
      refused,
    );
    expect(await refusal('POST', `/api/skyscan/${wide}/anomalies`, { baseline_id: id })).toEqual(refused);
    expect(await refusal('PUT', `/api/baselines/${id}`, { is_growing: true })).toMatchObject([
      422,
      [{ loc: ['body', 'is_growing'] }],
    ]);
    await ask('DELETE', `/api/baselines/${id}`);
    expect(await refusal('GET', `/api/baselines/${id}`)).toEqual([404, 'Baseline not found']);
    const left = await ask<Baseline[]>('GET', '/api/baselines');
    expect(left.map((each) => each.id)).not.toContain(id);
  });

  test('sessions of a new baseline', async () => {
    const post = (session_ids: number[]) => refusal('POST', '/api/baselines', { name: 'x', session_ids });
    const one = await sky.scan(0, [], { isNamed: true });
    expect(await post([one, 999_999])).toEqual([404, 'Scan session 999999 not found']);
    const empty = await sky.scan(1, [], { isNamed: true, completed: 0 });
    expect(await post([empty])).toEqual([409, `Session ${empty} has no points`]);
    const running = await sky.scan(1, [], { isNamed: true, status: 'paused' });
    expect(await post([running])).toEqual([409, `Session ${running} has not ended: it is paused`]);
    await sky.db.query(`update sessions set status = 'cancelled' where id = $1`, [running]);
    const other = await sky.scan(1, [], { isNamed: true });
    const rotorId = await addRotor(world);
    await sky.db.query('update sessions set rotor_id = $2 where id = $1', [other, rotorId]);
    expect(await post([one, other])).toMatchObject([
      422,
      [{ loc: ['body', 'session_ids', 1], msg: expect.stringMatching(/is of rotor/) as string }],
    ]);
    expect(await refusal('POST', '/api/baselines', { name: 'x', schedule_id: 99 })).toEqual([
      404,
      'Schedule not found',
    ]);
    const none = await world.gateway.post('/api/baselines', { name: 'x', session_ids: [one] });
    expect([none.status, none.text]).toEqual([503, expect.stringMatching(/set SKY_ANALYST_ADDRESS/)]);
  });
});
