import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import type { Source, SourceSearch } from '#contract/rest/sources';
import { gridShape } from '#shared/sky/grid-shape';
import { separationDeg } from '#shared/sky/pointing';
import { callApi, getSession, simulatedOffsetDb } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { until } from '../support/until.ts';
import { addRotor, startScan, untilPoints, untilStatusWithRetry } from '../support/whole-scan.ts';

// A coarse grid with refinement over a source of the simulated sky, through all services.

const AREA = { az_start: 80, az_end: 130, el_start: 40, el_end: 60, rssi_iterations: 4 };
const BEAM_DEG = 6;
const bounds = { kind: 'rectangular' as const, azStartDeg: 80, azEndDeg: 130, elStartDeg: 40, elEndDeg: 60 };
const { totalPoints: COARSE } = gridShape({ ...bounds, stepDeg: 0.7 * BEAM_DEG });
const { totalPoints: FINE } = gridShape({ ...bounds, stepDeg: BEAM_DEG / 3 });

let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  // The Sun of this seed is at azimuth 102, elevation 48.
  stack = await startTestStack({ simulator: { SIM_SEED: '7' } });
  const dbm_offset_db = await simulatedOffsetDb(stack);
  rotorId = await addRotor(stack, { beam_width_deg: BEAM_DEG, dbm_offset_db });
});

afterAll(async () => {
  await stack.stop();
});

/** Distance of the nearest found source from the Sun, degrees; Infinity: none found. */
async function errorOf(id: number): Promise<number> {
  await callApi(stack, 'POST', `/api/skyscan/${id}/sources`, {});
  await until('the search is done', async () => {
    const [search] = await callApi<SourceSearch[]>(stack, 'GET', `/api/skyscan/${id}/sources/searches`);
    return search?.status === 'done' || search?.status === 'failed';
  });
  const found = await callApi<Source[]>(stack, 'GET', `/api/skyscan/${id}/sources`);
  const { body } = await stack.simulator<{ name: string; azimuth: number; elevation: number }[]>(
    'GET',
    '/truth/sources',
  );
  const sun = body.find(({ name }) => name === 'Sun') ?? { azimuth: NaN, elevation: NaN };
  const at = { azimuthDeg: sun.azimuth, elevationDeg: sun.elevation };
  return Math.min(
    ...found.map(({ azimuth, elevation }) =>
      separationDeg({ azimuthDeg: azimuth, elevationDeg: elevation }, at),
    ),
  );
}

test('a refined scan survives kill -9 and locates a source with fewer points than a fine scan', async () => {
  const scan = { ...AREA, step_deg: 0.7 * BEAM_DEG };
  const id = await startScan(stack, rotorId, { ...scan, refine: { threshold: 8 } });
  await untilPoints(stack, id, COARSE);
  await stack.kill('scan-orchestrator');
  await untilPoints(stack, id, COARSE + 5);
  await stack.kill('scan-orchestrator');
  await untilStatusWithRetry(stack, id, 'completed');
  const session = await getSession(stack, id);
  expect(session.notes).toMatch(/Refined \d+ detections? with \d+ more points \(step 2 deg\)\./);
  expect(session.total_points).toBeGreaterThan(COARSE + 20);
  expect(session.total_points).toBeLessThan(0.6 * FINE);
  const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
  expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: session.total_points }, (_, i) => i + 1));
  // The coarse map alone locates it as well as chance has it.
  expect(await errorOf(id)).toBeLessThan(0.1);
});
