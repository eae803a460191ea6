import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { createRoutes } from '#shared/sky/routes';
import type { Pointing } from '#shared/sky/pointing';
import { obstructedRotor, PUBLISHED } from '../../../test/support/obstructed-sky.ts';
import { legsSeconds } from './detours.ts';
import { createGrid, type Grid } from './grid.ts';
import { planPath } from './path.ts';
import { isWorthAnotherPass, planPasses } from './sweep-passes.ts';
import type { RowSegment } from './sweep-rows.ts';
import { findSweeps, sweepPlanOf, type Unit } from './sweep-plan.ts';

const limits = { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 };
const azimuth = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const rotor = {
  azimuth,
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 9 },
  toleranceDeg: 0.5,
  park: { azimuthDeg: 0, elevationDeg: 0 },
  horizon: [],
  keepOut: [],
};
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 20,
  elStartDeg: 20,
  elEndDeg: 24,
  stepDeg: 2,
};
const rules = { reads: 10, readMs: 10, tunings: 1, standingSeconds: 0.6, stepDeg: 2, azimuth };

interface Change {
  bounds?: GridBounds;
  limits?: typeof limits;
  rotor?: Partial<Pick<Parameters<typeof createRoutes>[0], 'keepOut'>>;
  from?: Pointing;
}

function planOf(change: Change = {}) {
  const grid = createGrid(change.bounds ?? bounds);
  const from = change.from ?? { azimuthDeg: 0, elevationDeg: 0 };
  const travel = change.limits ?? limits;
  const path = planPath(grid, travel, rotor, from);
  const routes = createRoutes({ ...rotor, ...change.rotor, limits: travel }, travel);
  const world = { path, limits: travel, routes, rotor, rules };
  const plan = sweepPlanOf(findSweeps(grid, world, from), world);
  return { grid, path, routes, plan, from };
}

/** Runs the plan; `lost`: cells that no sweep measures. */
function run({ plan, path, from }: ReturnType<typeof planOf>, lost = new Set<number>()) {
  const done: number[] = [];
  const units: Unit[] = [];
  const swept = new Set<number>();
  const whole = new Set<number>();
  let at = from;
  for (;;) {
    const isDone = (cell: number) => done.includes(cell);
    const unit = plan.next({ isDone, swept, whole, at });
    if (!unit) return { done, units };
    units.push(unit);
    if (unit.kind === 'cell') {
      done.push(unit.cell);
      at = path.setpoint(unit.cell);
    } else {
      swept.add(unit.segment);
      done.push(...unit.cells.filter((cell) => !lost.has(cell)));
      at = unit.to;
    }
  }
}

const cellsOf = (grid: Grid) =>
  Array.from({ length: grid.rows }, (_, row) =>
    Array.from({ length: grid.columnsInRow(row) }, (__, column) => row * grid.columns + column),
  ).flat();

const directions = (units: Unit[]) =>
  units.map((unit) =>
    unit.kind === 'cell' ? 'cell' : unit.to.azimuthDeg > unit.from.azimuthDeg ? 'up' : 'down',
  );

describe('sweeps', () => {
  test('pass row by row, back and forth', () => {
    const { units, done } = run(planOf());
    expect(directions(units)).toEqual(['up', 'down', 'up']);
    expect(done).toEqual(Array.from({ length: 33 }, (_, cell) => cell));
  });

  test('start with the nearest row and end', () => {
    const { units } = run(planOf({ from: { azimuthDeg: 30, elevationDeg: 60 } }));
    expect(directions(units)).toEqual(['down', 'up', 'down']);
    expect(units.map((unit) => unit.kind === 'sweep' && unit.from.elevationDeg)).toEqual([24, 22, 20]);
  });

  test('have a run-up of half a cell and the distance to full speed, within the travel', () => {
    const [first] = run(planOf({ limits: { ...limits, azMinDeg: -1 } })).units;
    const [from, to] = first?.kind === 'sweep' ? [first.from, first.to] : [];
    expect(from?.azimuthDeg).toBe(-1);
    expect(to?.azimuthDeg).toBeCloseTo(20 + 1 + 0.9, 9);
  });

  test('end before forbidden pointings and split the row there', () => {
    const keepOut = [{ azStartDeg: 9, azEndDeg: 9.5, elMinDeg: 0, elMaxDeg: 22.5 }];
    const { units, done } = run(planOf({ rotor: { keepOut } }));
    expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 33 }, (_, cell) => cell));
    // One side first, then the other: no row needs a full turn.
    const sides = units.map(
      (unit) => unit.kind === 'sweep' && Math.sign(unit.from.azimuthDeg + unit.to.azimuthDeg - 18),
    );
    expect(sides.slice(0, 2)).toEqual([sides[0], sides[0]]);
    for (const unit of units) {
      if (unit.kind === 'cell' || unit.from.elevationDeg > 22.5) continue;
      const ends = [unit.from.azimuthDeg, unit.to.azimuthDeg];
      expect(Math.max(...ends) < 9 || Math.min(...ends) > 9.5).toBe(true);
    }
  });

  test('leave missed cells to be measured by stopping', () => {
    const { units, done } = run(planOf(), new Set([3, 4, 15]));
    expect(
      units.filter(({ kind }) => kind === 'cell').map((unit) => unit.kind === 'cell' && unit.cell),
    ).toEqual([4, 3, 15]);
    expect(done.length).toBe(33);
  });

  test('over cells of equal area extend half of the step of their row beyond them', () => {
    const some: GridBounds = {
      ...bounds,
      kind: 'equal_area',
      azEndDeg: 80,
      elStartDeg: 60,
      elEndDeg: 90,
      stepDeg: 15,
    };
    const { units } = run(planOf({ bounds: some }));
    const ends = units.map((unit) => (unit.kind === 'sweep' ? [unit.from, unit.to] : []));
    const azimuths = ends.map((pair) => pair.map(({ azimuthDeg }) => Math.round(azimuthDeg * 10) / 10));
    // Steps of 30 and 58 degrees, and 0.9 degrees to full speed; the zenith is a single cell and
    // needs no sweep.
    expect(azimuths).toEqual([[-15.9, 75.9], [87.8, -29.9], []]);
    expect(units.at(-1)).toEqual({ kind: 'cell', cell: 6 });
  });

  test('measure every cell exactly once, with any travel, and never leave the travel', () => {
    const grids = fc.record({
      azStartDeg: fc.integer({ min: -180, max: 360 }),
      span: fc.integer({ min: 0, max: 360 }),
      rows: fc.integer({ min: 1, max: 4 }),
      stepDeg: fc.constantFrom(1, 2, 7.5),
      elStartDeg: fc.constantFrom(20, 60, 80),
      kind: fc.constantFrom('rectangular' as const, 'equal_area' as const),
      azMinDeg: fc.integer({ min: -180, max: 0 }),
    });
    fc.assert(
      fc.property(grids, ({ kind, azStartDeg, span, elStartDeg, rows, stepDeg, azMinDeg }) => {
        const travel = { ...limits, azMinDeg, azMaxDeg: azMinDeg + 360 };
        const some: GridBounds = {
          ...{ kind, azStartDeg, azEndDeg: azStartDeg + span, stepDeg },
          ...{ elStartDeg, elEndDeg: Math.min(90, elStartDeg + (rows - 1) * stepDeg) },
        };
        const planned = planOf({ bounds: some, limits: travel });
        const { done, units } = run(planned);
        expect(done.toSorted((a, b) => a - b)).toEqual(cellsOf(planned.grid));
        for (const unit of units) {
          if (unit.kind === 'cell') continue;
          for (const { azimuthDeg } of [unit.from, unit.to]) {
            expect(azimuthDeg).toBeGreaterThanOrEqual(travel.azMinDeg);
            expect(azimuthDeg).toBeLessThanOrEqual(travel.azMaxDeg);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('passes', () => {
  test.each([
    ['once where the pass over a cell takes long enough', 20, 22, 10, 10, 1],
    ['again where one pass yields too few reads', 20, 44, 90, 10, 3],
    ['never where five passes are too few', 20, 44, 200, 10, undefined],
    ['never where a read covers the whole cell', 20, 44, 1, 200, undefined],
    ['never where stopping is faster', 1, 4.8, 10, 10, undefined],
  ])('sweep %s', (_, cells, spanDeg, reads, readMs, passes) => {
    expect(planPasses(cells, spanDeg, { ...rules, reads, readMs })?.passes).toBe(passes);
  });

  test.each<[string, number[], number, number, boolean]>([
    ['no cell lacks reads', [10, 12, 30], 1, 5, false],
    ['many cells lack a few reads', Array.from({ length: 30 }, () => 6), 1, 5, true],
    ['one cell lacks reads', [10, 9, 10], 1, 5, false],
    ['five passes have been done', Array.from({ length: 30 }, () => 9), 5, 5, false],
    ['the cells in question get no reads at all', [0, 0, 10], 1, 5, false],
  ])('go on or not when %s', (_, counts, passes, seconds, more) => {
    expect(isWorthAnotherPass(counts, passes, seconds, rules)).toBe(more);
  });
});

describe('among obstacles', () => {
  test('the next row is the one reached first of all candidates', () => {
    const from = { azimuthDeg: 10, elevationDeg: 70 };
    const many = obstructedRotor(5);
    const routed = { ...many, horizon: [], keepOut: many.keepOut.slice(0, 8) };
    const limits = routed.limits;
    const grid = createGrid({ ...PUBLISHED, stepDeg: 5, azEndDeg: 100, elEndDeg: 48 });
    const path = planPath(grid, limits, routed, from);
    const routes = createRoutes(routed, limits);
    const plan = sweepPlanOf(findSweeps(grid, { path, limits, routes, rotor: routed, rules }, from), {
      path,
      limits,
      routes,
      rotor: routed,
      rules,
    });
    const { segments } = plan;
    const of = (segment: number) => segments[segment] as RowSegment;
    const secondsTo = (at: Pointing, segment: number) => {
      const { cells } = of(segment);
      const ends = [path.setpoint(cells[0] as number), path.setpoint(cells.at(-1) as number)];
      return Math.min(...ends.map((end) => legsSeconds(at, routes.legsFromReadback(at, end), routed)));
    };
    const done = new Set<number>();
    const swept = new Set<number>();
    const whole = new Set<number>();
    let at = from;
    for (let steps = 0; steps < 40; steps++) {
      const open = segments.flatMap(({ cells }, i) => (cells.some((cell) => !done.has(cell)) ? [i] : []));
      const mayBeNext = open.filter((i) =>
        open.every((j) => j >= i || of(j).lowDeg > of(i).highDeg || of(i).lowDeg > of(j).highDeg),
      );
      const unit = plan.next({ isDone: (cell) => done.has(cell), swept, whole, at });
      if (!unit) break;
      const cells = unit.kind === 'cell' ? [unit.cell] : unit.cells;
      const segment = segments.findIndex((one) => one.cells.includes(cells[0] as number));
      expect(mayBeNext).toContain(segment);
      const least = Math.min(...mayBeNext.map((i) => secondsTo(at, i)));
      expect(secondsTo(at, segment)).toBeCloseTo(least, 9);
      for (const cell of of(segment).cells) done.add(cell);
      at = unit.kind === 'cell' ? path.setpoint(unit.cell) : unit.to;
    }
    expect(done.size).toBeGreaterThan(100);
  });
});
