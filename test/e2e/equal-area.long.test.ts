import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { cellPointing, columnsInRow, gridShape, type GridBounds } from '#shared/sky/grid-shape';
import { callApi, simulatedOffsetDb } from '../support/stack-client.ts';
import { startTestStack, type TestStack } from '../support/stack.ts';
import { addRotor, expectComplete, untilPoints, startScan } from '../support/whole-scan.ts';

// An equal-area grid through all services: a sector through north, up to the zenith.

const SCAN = { az_start: 320, az_end: 40, el_start: 30, el_end: 90, step_deg: 10, grid: 'equal_area' };
const BOUNDS: GridBounds = {
  kind: 'equal_area',
  azStartDeg: 320,
  azEndDeg: 40,
  elStartDeg: 30,
  elEndDeg: 90,
  stepDeg: 10,
};
const { rows, columns, totalPoints } = gridShape(BOUNDS);

interface Plan {
  columns_in_row: number[];
  path: [number, number][];
}

let stack: TestStack;
let rotorId: number;

beforeAll(async () => {
  stack = await startTestStack({ simulator: { SIM_DRIFT_DB: '0' } });
  rotorId = await addRotor(stack, {
    dbm_offset_db: await simulatedOffsetDb(stack),
    beam_width_deg: 12,
    settle_ms: 200,
  });
});

afterAll(async () => {
  await stack.stop();
});

test('a preview gives the number of points and warns that the beam is narrower than the step', async () => {
  const body = { rotor_id: rotorId, ...SCAN };
  const preview = await callApi<object>(stack, 'POST', '/api/skyscan/preview', body);
  expect(preview).toMatchObject({
    ...{ rows, columns, total_points: totalPoints },
    warnings: ['points 10 deg apart are too coarse for a beam of 12 deg: use at most 5 deg to leave no gaps'],
  });
});

test.each(['step', 'on_the_fly'])(
  'measures every cell once at its pointing and survives kill -9 in mode %s',
  async (mode) => {
    const id = await startScan(stack, rotorId, { ...SCAN, scan_mode: mode });
    await untilPoints(stack, id, 10);
    const plan = await callApi<Plan>(stack, 'GET', `/api/skyscan/${id}/plan`);
    expect(plan.columns_in_row).toEqual(Array.from({ length: rows }, (_, row) => columnsInRow(BOUNDS, row)));
    expect(plan.path.length).toBeGreaterThan(3);
    await stack.kill('scan-orchestrator');
    await expectComplete(stack, id, totalPoints);
    const points = await callApi<PublishedMeasurement[]>(stack, 'GET', `/api/skyscan/${id}/measurements`);
    // A sweep gives more reads than requested.
    expect(points.some(({ reads }) => reads > 2)).toBe(mode === 'on_the_fly');
    for (const { row, column, setpoint, readback } of points) {
      const { azimuthDeg, elevationDeg } = cellPointing(BOUNDS, row, column);
      // The rotor counts from its own end of travel.
      expect((((setpoint.azimuth - azimuthDeg) % 360) + 360) % 360).toBeCloseTo(0, 6);
      expect(setpoint.elevation).toBe(elevationDeg);
      const halfDeg = mode === 'step' ? 1 : 5 / Math.cos((elevationDeg * Math.PI) / 180);
      expect(Math.abs(readback.azimuth - setpoint.azimuth)).toBeLessThanOrEqual(halfDeg);
    }
  },
);
