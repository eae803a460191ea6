import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCellSet } from '../../services/scan-orchestrator/domain/cells.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { COARSE, columns, hardwareOf, rows, scan, SOURCE } from '../support/refined-scan.ts';
import { createScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

// A scan with refinement whose orchestrator has lost its journal.

let world: ScanWorld;
const begin = (change: Partial<Handover> = {}) => world.supervisor.start(scan(change));
const measured = () => world.publisher.points.length;
const untilMeasured = (count: number) => until(`${count} points`, () => measured() >= count);

beforeEach(async () => {
  world = await createScanWorld(hardwareOf([SOURCE]));
});

afterEach(() => world.close());

describe('an orchestrator that has lost its disk', () => {
  async function completed() {
    await begin();
    await world.untilStatus('completed');
    const result = { refinement: world.supervisor.refinementOf(1), points: [...world.publisher.points] };
    await world.close();
    world = await createScanWorld(hardwareOf([SOURCE]));
    return result;
  }
  const storedOf = (points: { row: number; column: number }[], count: number) => {
    const set = createCellSet(rows * columns + 200);
    for (const { row, column } of points.slice(0, count)) set.add(row * columns + column);
    return {
      status: 'running' as const,
      revision: 7,
      completedPoints: count,
      storedCells: set.bits,
      startedAtMs: 5,
    };
  };

  test('chooses the same points from the levels that the gateway has stored', async () => {
    const { refinement, points } = await completed();
    const count = COARSE - 3;
    const levels = points
      .slice(0, count)
      .map(({ row, column, meanDbm }) => ({ cell: row * columns + column, meanDbm }))
      .sort((a, b) => a.cell - b.cell)
      .map(({ meanDbm }) => Math.fround(meanDbm));
    await begin({ stored: { ...storedOf(points, count), levelsDb: levels } });
    await untilMeasured(1);
    await world.restart();
    await world.untilStatus('completed');
    expect(world.supervisor.refinementOf(1)).toEqual(refinement);
    expect(measured()).toBe(points.length - count);
  });

  test('measures the rest of the points that were chosen before', async () => {
    const { refinement, points } = await completed();
    const count = COARSE + 3;
    await begin({ stored: { ...storedOf(points, count), refinement } });
    await world.untilStatus('completed');
    expect(world.view()).toMatchObject({ totalPoints: points.length, notes: refinement?.note });
    const all = [...points.slice(0, count), ...world.publisher.points].map(
      ({ row, column }) => row * columns + column,
    );
    expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: points.length }, (_, i) => i));
  });
});
