import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { azimuthSpanDeg, type GridBounds } from '#shared/sky/grid-shape';
import { createObstacles } from '#shared/sky/obstacles';
import { azimuthOnCircleDeg, separationDeg, type Pointing } from '#shared/sky/pointing';
import {
  BEAM_DEG,
  COARSE,
  levelsOfSky,
  type ExampleSource,
} from '../../../../test/support/refine-examples.ts';
import { rotorConfig } from '../../../../test/support/scan-fakes.ts';
import { createGrid } from '../grid.ts';
import { secondsOf } from '../remaining-tour.ts';
import type { PlanInputs } from '../plan-inputs.ts';
import { addedTour } from './added-tour.ts';
import { pointSeconds, refineScan } from './refine-scan.ts';
import type { RefineSettings } from './refine-settings.ts';

const at = (azimuthDeg: number, elevationDeg: number): Pointing => ({ azimuthDeg, elevationDeg });
const HOME = at(0, 20);
const rotor = rotorConfig({ beamWidthDeg: BEAM_DEG, settleMs: 500 });
const inputsOf = (bounds: GridBounds, change: Partial<PlanInputs['rotor']> = {}): PlanInputs => ({
  bounds,
  readsMs: 100,
  tunings: 1,
  rotor: { ...rotor, ...change },
});
const settings = (change: Partial<RefineSettings> = {}): RefineSettings => ({
  thresholdSigma: 6,
  stepDeg: 2,
  limit: { points: 1_000 },
  ...change,
});
const refine = (inputs: PlanInputs, sky: readonly ExampleSource[], change: Partial<RefineSettings> = {}) =>
  refineScan(inputs, settings(change), levelsOfSky(createGrid(inputs.bounds), sky), 0, HOME);

const TWO = [
  { at: at(100, 40), excess: 0.6 },
  { at: at(250, 30), excess: 0.3 },
];

describe('a refinement', () => {
  test('adds discs around the detections and reports them', () => {
    const { points, note } = refine(inputsOf(COARSE), TWO);
    expect(note).toBe(`Refined 2 detections with ${points.length} more points (step 2 deg).`);
    for (const point of points)
      expect(Math.min(...TWO.map((source) => separationDeg(point, source.at)))).toBeLessThan(1.7 * BEAM_DEG);
    // Around each source, no direction within 0.6 beam widths is farther from a point than a step.
    const grid = createGrid(COARSE);
    const measured = Array.from({ length: grid.rows * grid.columns }, (_, cell) => grid.pointing(cell));
    for (const source of TWO)
      for (const [dAz, dEl] of [
        [0, 0],
        [3, 0],
        [-3, 0],
        [0, 3],
        [0, -3],
      ] as const) {
        const near = at(source.at.azimuthDeg + dAz, source.at.elevationDeg + dEl);
        const apart = [...points, ...measured].map((point) => separationDeg(point, near));
        expect(Math.min(...apart)).toBeLessThan(1.5);
      }
  });

  test('of an empty sky adds nothing and reports that', () => {
    expect(refine(inputsOf(COARSE), [])).toEqual({ points: [], note: 'Nothing above 6 sigma: not refined.' });
  });

  test('leaves the weakest detections out when there are too many points', () => {
    const whole = refine(inputsOf(COARSE), TWO).points;
    const { points, note } = refine(inputsOf(COARSE), TWO, { limit: { points: whole.length - 1 } });
    expect(note).toBe(
      `Refined 1 detection with ${points.length} more points (step 2 deg). 1 detection omitted: max_points.`,
    );
    expect(points.every((point) => separationDeg(point, at(100, 40)) < 12)).toBe(true);
    const few = refine(inputsOf(COARSE), TWO, { limit: { points: 5 } }).points;
    expect(few).toEqual(whole.slice(0, 5));
  });

  test('stays within its time budget and uses most of it', () => {
    const inputs = inputsOf(COARSE);
    const seconds = (points: readonly Pointing[]) => {
      const path = { setpoint: (i: number) => points[i] as Pointing };
      const tour = addedTour(
        Uint32Array.from(points, (_, i) => i),
        path,
        HOME,
        rotor,
      );
      return points.length * pointSeconds(inputs) + secondsOf(tour);
    };
    const whole = refine(inputs, TWO).points;
    for (const share of [0.2, 0.6, 1.1]) {
      const budget = share * seconds(whole);
      const { points, note } = refine(inputs, TWO, { limit: { seconds: budget } });
      expect(seconds(points)).toBeLessThanOrEqual(budget);
      expect(seconds(points)).toBeGreaterThan(0.15 * seconds(whole));
      expect(note.includes('omitted: time_budget_s')).toBe(share < 1);
    }
    expect(refine(inputs, TWO, { limit: { seconds: 0.01 } })).toEqual({
      points: [],
      note: '2 detections omitted: time_budget_s.',
    });
  });

  test('does not enter obstacles that lie between the cells of the grid', () => {
    // Between the rows at 39 and 43.2 degrees.
    const keepOut = [{ azStartDeg: 95, azEndDeg: 105, elMinDeg: 40, elMaxDeg: 42 }];
    const { points } = refine(inputsOf(COARSE, { keepOut }), TWO);
    const obstacles = createObstacles(0, [], keepOut);
    expect(points.length).toBeGreaterThan(20);
    expect(points.filter((point) => !obstacles.isFree(point, point))).toEqual([]);
  });

  test('does not leave the travel of the rotor', () => {
    // The grid ends at 357; the lattice would continue to 358.
    const limits = { ...rotor.limits, azMinDeg: 0, azMaxDeg: 357 };
    const { points } = refine(inputsOf(COARSE, { limits }), [{ at: at(357, 35), excess: 1 }]);
    expect(points.length).toBeGreaterThan(20);
    for (const { azimuthDeg } of points) {
      expect(azimuthDeg).toBeGreaterThanOrEqual(0);
      expect(azimuthDeg).toBeLessThanOrEqual(357);
    }
  });
});

test('any refinement is deterministic, inside the area, and has no points near each other', () => {
  const any = fc.record({
    kind: fc.constantFrom('rectangular' as const, 'equal_area' as const),
    azStartDeg: fc.integer({ min: -180, max: 300 }),
    spanDeg: fc.constantFrom(360, 350, 120, 30),
    elStartDeg: fc.integer({ min: 0, max: 60 }),
    heightDeg: fc.integer({ min: 12, max: 30 }),
    stepDeg: fc.double({ min: 0.7, max: 4.2, noNaN: true }),
    seed: fc.integer({ min: 1, max: 1e6 }),
    sources: fc.array(
      fc.record({
        at: fc.record({
          azimuthDeg: fc.double({ min: 0, max: 360, noNaN: true }),
          elevationDeg: fc.double({ min: 0, max: 90, noNaN: true }),
        }),
        excess: fc.double({ min: 0.2, max: 30, noNaN: true }),
      }),
      { maxLength: 5 },
    ),
  });
  fc.assert(
    fc.property(any, ({ spanDeg, heightDeg, sources, seed, stepDeg, ...area }) => {
      const bounds: GridBounds = {
        ...area,
        azEndDeg: area.azStartDeg + (spanDeg === 360 ? 360 : spanDeg),
        elEndDeg: Math.min(90, area.elStartDeg + heightDeg),
        stepDeg: 4.2,
      };
      const grid = createGrid(bounds);
      const levels = levelsOfSky(grid, sources, seed);
      const decide = () =>
        refineScan(inputsOf(bounds), settings({ stepDeg, thresholdSigma: 3.5 }), levels, 0, HOME);
      const { points } = decide();
      expect(decide().points).toEqual(points);
      for (const { azimuthDeg, elevationDeg } of points) {
        expect(elevationDeg).toBeGreaterThanOrEqual(bounds.elStartDeg);
        expect(elevationDeg).toBeLessThanOrEqual(bounds.elEndDeg);
        expect(azimuthOnCircleDeg(azimuthDeg - bounds.azStartDeg)).toBeLessThanOrEqual(
          azimuthSpanDeg(bounds) + 1e-9,
        );
      }
      points.forEach((point, i) => {
        for (const other of points.slice(i + 1))
          expect(separationDeg(point, other)).toBeGreaterThan(stepDeg / 2);
      });
    }),
    { numRuns: 25 },
  );
});
