import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '#shared/runtime/free-port';
import { baselineCalls, createBaselineSky, type BaselineSky } from '../support/baseline-sky.ts';
import { runSkyscan } from '../support/cli.ts';
import { startFakeAnalyst, type FakeAnalyst } from '../support/fake-analyst.ts';
import { createGatewayWorld, type GatewayWorld } from '../support/gateway-harness.ts';
import { startTestScan } from '../support/gateway-scan.ts';

const NEW = { azimuthDeg: 110, elevationDeg: 30, amplitude: 0.5 };
const USUAL_DAYS = 4;

let analyst: FakeAnalyst;
let world: GatewayWorld;
let sky: BaselineSky;
const ids: number[] = [];
const calls = baselineCalls(() => world.gateway);

beforeAll(async () => {
  const port = await freePort();
  analyst = await startFakeAnalyst(port);
  world = await createGatewayWorld({
    SKY_ANALYST_ADDRESS: `127.0.0.1:${port}`,
    SEARCH_SESSIONS: 'on_request',
  });
  const { rotorId } = await startTestScan(world);
  sky = await createBaselineSky(world, rotorId);
  for (let day = 0; day < USUAL_DAYS; day++) ids.push(await sky.scan(day));
});
afterAll(async () => {
  await sky.close();
  await world.close();
  await analyst.close();
});

const skyscan = (...args: string[]) => runSkyscan(args, { env: { SKYSCAN_URL: world.gateway.url } });
const lines = async (...args: string[]) => {
  const { code, out, err } = await skyscan(...args);
  expect([code, err]).toEqual([0, '']);
  return out.trimEnd().split('\n');
};
const cells = (line: string | undefined) => (line ?? '').split(/ {2,}/);

test('baselines are created, shown and listed', async () => {
  expect(await lines('baselines', 'create', 'Night', '--schedule', String(sky.scheduleId))).toEqual([
    'Baseline 1 created: skyscan baselines sessions 1 lists its scans.',
  ]);
  await calls.settled(1, USUAL_DAYS);
  const [, row] = await lines('baselines', 'list');
  expect(cells(row).slice(0, 3)).toEqual(['1', 'Night', String(sky.scheduleId)]);
  const shown = await lines('baselines', 'show', '1');
  expect(shown[0]).toBe('Night (baseline 1)');
  expect(shown).toContain('  scans          4 included, 0 excluded, 0 waiting');
  expect(shown.some((line) => /^all +4 +\d+\.\d\d$/.test(line))).toBe(true);
});

test('scans are excluded and included', async () => {
  const scan = String(ids[0]);
  expect(await lines('baselines', 'exclude', '1', scan)).toEqual([
    expect.stringMatching(`^Scan ${scan} of baseline 1 is excluded`),
  ]);
  const members = await lines('baselines', 'sessions', '1');
  // The stored sessions have no start.
  expect(cells(members.at(-1)).slice(0, 3)).toEqual([scan, '-', 'excluded by a user']);
  await lines('baselines', 'include', '1', scan);
  expect(await calls.settled(1, USUAL_DAYS)).toMatchObject({ included: USUAL_DAYS });
});

test('anomalies are listed as a table, JSON and CSV', async () => {
  const changed = await sky.scan(USUAL_DAYS, [NEW]);
  await calls.look(1);
  await calls.settled(1, USUAL_DAYS + 1);
  const [, row] = await lines('anomalies', String(changed));
  expect(cells(row).slice(0, 2)).toEqual(['1', 'new']);
  const json = JSON.parse((await lines('anomalies', String(changed), '--json')).join('\n')) as object[];
  expect(json).toEqual(await calls.anomalies(changed));
  const csv = await lines('anomalies', String(changed), '--baseline', '1', '--csv');
  expect(csv).toHaveLength(1 + json.length);
  const again = await lines('anomalies', String(changed), '--baseline', '1', '--compare');
  expect(again).toHaveLength(1 + json.length);
});

test.each([
  [['baselines', 'create', 'x'], 'use one of --schedule and --scans'],
  [['baselines', 'create', 'x', '--scans', '1,b'], 'ids of scans, separated by commas'],
  [['anomalies', '1', '--json', '--csv'], 'use one of them'],
  [['anomalies', '1', '--compare'], '--compare needs --baseline'],
])('%j is refused', async (args, message) => {
  const { code, err } = await skyscan(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(message)]);
});

test('a baseline is removed', async () => {
  expect(await lines('baselines', 'remove', '1', '--yes')).toEqual(['Baseline 1 deleted.']);
  expect(await lines('baselines', 'list')).toHaveLength(1);
});
