import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#shared/runtime/free-port';
import { separationDeg } from '#shared/sky/pointing';
import { startAnalyst } from '../support/analyst.ts';
import { baselineCalls, createBaselineSky, USUAL, type BaselineSky } from '../support/baseline-sky.ts';
import type { Gateway } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';
import { useGatewayWorld } from '../support/use-gateway-world.ts';

// Baselines with the real sky-analyst: from stored points to anomalies.

const NEW = { azimuthDeg: 110, elevationDeg: 30, amplitude: 0.5 };
const world = useGatewayWorld();
let sky: BaselineSky;
let gateway: Gateway;
let analyst: Awaited<ReturnType<typeof startAnalyst>> | undefined;
const { anomalies, ask, comparison, create, look, members, settled } = baselineCalls(() => gateway);

beforeAll(async () => {
  const { rotorId } = await startTestScan(world);
  sky = await createBaselineSky(world, rotorId);
  const port = await freePort();
  analyst = await startAnalyst(port);
  gateway = await world.startGateway({
    SKY_ANALYST_ADDRESS: `127.0.0.1:${port}`,
    SEARCH_SESSIONS: 'on_request',
  });
});
afterAll(async () => {
  await gateway.close();
  await analyst?.close();
  await sky.close();
});

describe('a baseline of five sessions', () => {
  let id: number;

  test('grows by them', async () => {
    for (let day = 0; day < 5; day++) await sky.scan(day);
    id = await create({ name: 'Night', schedule_id: sky.scheduleId });
    const { bins } = await settled(id, 5);
    // Thermal noise of 1 % of the power is 0.043 dB.
    expect(bins[0]).toMatchObject({ bin: 'all', sessions: 5 });
    expect(bins[0]?.spread_db).toBeGreaterThan(0.03);
    expect(bins[0]?.spread_db).toBeLessThan(0.06);
    expect((await members(id)).map(({ status }) => status)).toEqual(Array(5).fill('included'));
  });

  test('shows what is new, whose cells do not enter it', async () => {
    const session = await sky.scan(5, [NEW]);
    await look(id);
    await settled(id, 6);
    const [found, ...others] = await anomalies(session);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ kind: 'new', is_known: false });
    const place = { azimuthDeg: found?.azimuth ?? NaN, elevationDeg: found?.elevation ?? NaN };
    expect(separationDeg(place, NEW)).toBeLessThan(0.5);
    expect(await comparison(session, id)).toMatchObject({ sessions: 5, bin: 'all', version: 2 });
    const [member] = await members(id);
    expect(member).toMatchObject({ session_id: session, status: 'included' });
    const masked = member?.masked ?? 0;
    expect(masked).toBeGreaterThan(100);
    const cells = await ask<{ count: number }[]>('GET', `/api/baselines/${id}/cells`);
    expect(cells.filter(({ count }) => count === 5)).toHaveLength(masked);
  });

  test('a source that has gone, and one that is brighter', async () => {
    const brighter = await sky.scan(6, [{ ...USUAL, amplitude: 0.6 }]);
    await look(id);
    await settled(id, 7);
    const [found, ...others] = await anomalies(brighter);
    expect([found?.kind, others]).toEqual(['brighter', []]);
    expect(found?.change_db).toBeCloseTo(10 * Math.log10(1.6), 0);
    const normal = await sky.scan(7);
    await look(id);
    await settled(id, 8);
    expect(await anomalies(normal)).toEqual([]);
  });
});
