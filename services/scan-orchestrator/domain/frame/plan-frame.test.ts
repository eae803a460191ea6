import { describe, expect, test } from 'vitest';
import { createDirectionAt, type Frame, type FrameSource } from '#shared/sky/frame';
import type { GridBounds } from '#shared/sky/grid-shape';
import { slewSeconds } from '#shared/sky/kinematics';
import { mountSetpoint } from '#shared/sky/mount';
import {
  azimuthOnCircleDeg,
  beamDirection,
  outsideLimits,
  separationDeg,
  type Pointing,
} from '#shared/sky/pointing';
import { planScan } from '../plan.ts';
import { OVERHEAD_S, type Plan, type PlanInputs, type PlanRotor } from '../plan-inputs.ts';

const BERLIN = { latitudeDeg: 52.5, longitudeDeg: 13.4, heightM: 50 };
// The Sun is at azimuth 120 deg and elevation 44 deg.
const MORNING = Date.UTC(2026, 5, 21, 8);
const MAST: FrameSource = { kind: 'fixed', direction: { azimuthDeg: 90, elevationDeg: 20 } };

const rotor: PlanRotor = {
  limits: { azMinDeg: 0, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
  park: { azimuthDeg: 0, elevationDeg: 0 },
  parkAfterScan: false,
  toleranceDeg: 0.1,
  settleMs: 500,
  azimuth: { speedDegPerS: 5, accelerationDegPerS2: 5 },
  elevation: { speedDegPerS: 3, accelerationDegPerS2: 3 },
  horizon: [],
  keepOut: [],
};
const square = (halfDeg: number, stepDeg: number, change: Partial<GridBounds> = {}): GridBounds => ({
  kind: 'rectangular',
  azStartDeg: -halfDeg,
  azEndDeg: halfDeg,
  elStartDeg: -halfDeg,
  elEndDeg: halfDeg,
  stepDeg,
  ...change,
});

interface Change extends Partial<Omit<PlanInputs, 'rotor' | 'frame'>> {
  rotor?: Partial<PlanRotor>;
  source?: FrameSource;
  unixMs?: number;
  sun?: NonNullable<PlanInputs['frame']>['sun'];
  cells?: Uint32Array;
}

function inputsOf({
  source = MAST,
  unixMs = MORNING,
  sun,
  cells,
  rotor: other,
  ...change
}: Change): PlanInputs {
  const frame: Frame = { name: source.kind === 'sun' ? 'the Sun' : 'the mast', source };
  return {
    bounds: square(10, 5),
    readsMs: 1_000,
    tunings: 1,
    rotor: { ...rotor, ...other },
    ...change,
    frame: { frame, unixMs, sun, cells },
  };
}
const planned = (change: Change) => planScan(inputsOf(change));
const refusal = (change: Change) => {
  try {
    planned(change);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};
const setpointsOf = ({ path }: Plan) => Array.from(path.order, (cell) => path.setpoint(cell));

describe('a plan around a source that does not move', () => {
  test('has each cell once, with the source in the middle', () => {
    const plan = planned({});
    expect(plan.path.order.toSorted()).toEqual(Uint32Array.from({ length: 25 }, (_, i) => i));
    expect(plan.path.setpoint(12)).toEqual({ azimuthDeg: 90, elevationDeg: 20 });
    const above = plan.path.setpoint(22);
    expect(above.azimuthDeg).toBeCloseTo(90, 9);
    expect(above.elevationDeg).toBeCloseTo(30, 9);
    expect([plan.warnings, plan.frame?.unreachable]).toEqual([[], 0]);
  });

  test('takes the time of its moves, settling and reads', () => {
    const plan = planned({ from: { azimuthDeg: 0, elevationDeg: 0 } });
    let [seconds, at]: [number, Pointing] = [0, { azimuthDeg: 0, elevationDeg: 0 }];
    for (const next of setpointsOf(plan)) {
      seconds += slewSeconds(at, next, rotor) + 1.5 + OVERHEAD_S;
      at = next;
    }
    expect(plan.expectedSeconds).toBeCloseTo(seconds, 6);
    expect(plan.travelSeconds).toBeCloseTo(seconds - 25 * (1.5 + OVERHEAD_S), 6);
    expect(plan.turningPoints[0]).toEqual(setpointsOf(plan)[0]);
  });

  test('leaves out what is out of reach, and says how much and why', () => {
    const plan = planned({ bounds: square(30, 10) });
    // The lowest row is 10 deg below the horizon.
    expect(plan.path.order).toHaveLength(42);
    expect(plan.notes).toEqual([
      '7 of 49 points are expected to be out of reach: elevation -11.3912 deg is outside 0..90 deg',
    ]);
    expect(setpointsOf(plan).every(({ elevationDeg }) => elevationDeg >= 0)).toBe(true);
  });

  test('leaves out what a keep-out sector forbids, and goes around it', () => {
    const keepOut = [{ azStartDeg: 96, azEndDeg: 110, elMinDeg: 0, elMaxDeg: 24 }];
    const plan = planned({ rotor: { keepOut } });
    expect(plan.frame?.unreachable).toBeGreaterThan(0);
    for (const { azimuthDeg, elevationDeg } of setpointsOf(plan))
      expect(azimuthDeg > 96 && azimuthDeg < 110 && elevationDeg < 24).toBe(false);
  });

  test.each([
    ['through north', 358, 90],
    ['on a cable that ends at 180', 178, 180],
  ])('has no turn of the cable between neighbours %s', (_name, azimuthDeg, azMaxDeg) => {
    const limits = { azMinDeg: -270, azMaxDeg, elMinDeg: 0, elMaxDeg: 90 };
    const source: FrameSource = { kind: 'fixed', direction: { azimuthDeg, elevationDeg: 20 } };
    const plan = planned({ source, rotor: { limits } });
    const places = setpointsOf(plan);
    expect(places).toHaveLength(25);
    for (const [i, { azimuthDeg: at }] of places.entries())
      if (i > 0) expect(Math.abs(at - (places[i - 1]?.azimuthDeg ?? NaN))).toBeLessThan(30);
  });

  test('covers the sphere with a mount that turns over', () => {
    const sphere = square(180, 15, { elStartDeg: -90, elEndDeg: 90, azEndDeg: 165 });
    const source: FrameSource = { kind: 'fixed', direction: { azimuthDeg: 90, elevationDeg: 0 } };
    const over = { azMinDeg: -180, azMaxDeg: 540, elMinDeg: 0, elMaxDeg: 180 };
    const [plain, turning] = [rotor.limits, over].map((limits) =>
      planned({ source, bounds: sphere, rotor: { limits } }),
    );
    const share = (plan: Plan | undefined) => (plan?.path.order.length ?? 0) / (24 * 13);
    // Half of it, with both poles in full.
    expect(share(plain)).toBeCloseTo(0.647, 3);
    expect(share(turning)).toBe(1);
  });
});

describe('a plan with a mount that turns over', () => {
  const limits = { azMinDeg: -180, azMaxDeg: 540, elMinDeg: 0, elMaxDeg: 180 };
  const sphere = square(180, 15, { elStartDeg: -90, elEndDeg: 90, azEndDeg: 165 });
  const source: FrameSource = { kind: 'fixed', direction: { azimuthDeg: 90, elevationDeg: 10 } };
  const from = { azimuthDeg: 0, elevationDeg: 60 };

  test('takes the time of its moves, also over the zenith', () => {
    const plan = planned({ source, bounds: sphere, from, rotor: { limits } });
    let [seconds, at]: [number, Pointing] = [0, from];
    let passes = 0;
    for (const next of setpointsOf(plan)) {
      seconds += slewSeconds(at, next, rotor) + 1.5 + OVERHEAD_S;
      if (at.elevationDeg > 90 !== next.elevationDeg > 90) passes++;
      at = next;
    }
    expect(passes).toBeGreaterThan(5);
    expect(plan.expectedSeconds).toBeCloseTo(seconds, 6);
    // Nearer than 10 deg to the elevation axis, where the source never is.
    expect(plan.frame?.unreachable).toBe(13);
  });

  test('never has the beam in an obstacle, and leaves out what it hides', () => {
    const keepOut = [{ azStartDeg: 250, azEndDeg: 290, elMinDeg: 0, elMaxDeg: 50 }];
    const horizon = [{ azimuthDeg: 0, elevationDeg: 8 }];
    const plan = planned({ source, bounds: sphere, from, rotor: { limits, keepOut, horizon } });
    const beyond = setpointsOf(plan).filter(({ elevationDeg }) => elevationDeg > 90);
    expect(beyond.length).toBeGreaterThan(50);
    for (const pointing of setpointsOf(plan)) {
      const beam = beamDirection(pointing);
      expect(beam.elevationDeg).toBeGreaterThanOrEqual(8 - 1e-6);
      const azimuthDeg = azimuthOnCircleDeg(beam.azimuthDeg);
      expect(azimuthDeg > 250 && azimuthDeg < 290 && beam.elevationDeg < 50).toBe(false);
    }
    expect(plan.frame?.unreachable).toBeGreaterThan(20);
    expect(plan.frame?.refusal).toMatch(/is below the horizon mask|is inside the keep-out sector/);
  });

  test('with errors of the mount keeps its setpoints within the limits', () => {
    const pointingModel = { IA: 2, IE: -0.7, CA: 0.3, NPAE: 0.2, AN: 0.2, AW: -0.1 };
    const mount = { limits, park: { azimuthDeg: 0, elevationDeg: 0 }, pointingModel };
    const plan = planned({ source, bounds: sphere, from, rotor: { limits, pointingModel } });
    const setpoints = setpointsOf(plan).map((direction) => mountSetpoint(mount, direction));
    expect(setpoints.filter((setpoint) => outsideLimits(setpoint, limits) !== undefined)).toEqual([]);
    expect(setpoints.filter(({ elevationDeg }) => elevationDeg > 90).length).toBeGreaterThan(50);
  });
});

describe('a plan around the Sun', () => {
  const source: FrameSource = { kind: 'sun', place: BERLIN };

  test('has every pointing of its own time, over four hours', () => {
    const plan = planned({
      source,
      readsMs: 30_000,
      bounds: square(20, 2),
      from: { azimuthDeg: 100, elevationDeg: 0 },
    });
    expect(plan.expectedSeconds).toBeGreaterThan(3.8 * 3_600);
    const sun = createDirectionAt(source);
    let [unixMs, at]: [number, Pointing] = [MORNING, { azimuthDeg: 100, elevationDeg: 0 }];
    let onSun = 0;
    for (const cell of plan.path.order) {
      const setpoint = plan.path.setpoint(cell);
      const arrivesMs = unixMs + 1_000 * slewSeconds(at, setpoint, rotor) + 500;
      if (cell === 220) {
        expect(separationDeg(setpoint, sun(arrivesMs + 15_000))).toBeLessThan(0.005);
        onSun++;
      }
      [unixMs, at] = [arrivesMs + 30_000 + OVERHEAD_S * 1_000, setpoint];
    }
    expect(onSun).toBe(1);
    expect((unixMs - MORNING) / 1_000).toBeCloseTo(plan.expectedSeconds, 3);
  });

  test('leaves out what is out of reach at its time', () => {
    // An hour and a half before sunset.
    const evening = Date.UTC(2026, 5, 21, 18);
    const plan = planned({ source, unixMs: evening, readsMs: 60_000, bounds: square(10, 2) });
    const { unreachable = 0, refusal: reason } = plan.frame ?? {};
    expect(unreachable).toBeGreaterThan(20);
    expect(plan.path.order.length + unreachable).toBe(121);
    expect(reason).toBe('the Sun is below the horizon');
    expect(plan.expectedSeconds).toBeLessThan(5_600);
  });

  test('keeps a careful mount that turns over away from the Sun on both sides', () => {
    const fixed: FrameSource = { kind: 'fixed', direction: { azimuthDeg: 300, elevationDeg: 20 } };
    const limits = { ...rotor.limits, elMaxDeg: 180 };
    const sun = { ...BERLIN, keepOutDeg: 15 };
    const bounds = square(180, 10, { elStartDeg: -90, elEndDeg: 90, azEndDeg: 170 });
    const plan = planned({ source: fixed, bounds, sun, readsMs: 10, rotor: { limits } });
    expect(plan.frame?.unreachable).toBeGreaterThan(3);
    expect(setpointsOf(plan).some(({ elevationDeg }) => elevationDeg > 90)).toBe(true);
    const nearest = Math.min(
      ...setpointsOf(plan).map((pointing) => separationDeg(pointing, createDirectionAt(source)(MORNING))),
    );
    // The Sun moves on while the scan runs.
    expect(nearest).toBeGreaterThan(2);
  });

  test('is refused below the horizon, near the Sun of a careful rotor, and without the source', () => {
    expect(refusal({ source, unixMs: Date.UTC(2026, 5, 21, 23) })).toMatch(
      /^the Sun is below the horizon: its elevation is -1\d\.\d+ deg$/,
    );
    expect(refusal({ source, sun: { ...BERLIN, keepOutDeg: 5 } })).toMatch(
      /^the grid never meets the Sun: .*Sun/,
    );
    expect(refusal({ source, bounds: square(10, 5, { azStartDeg: 5 }) })).toBe(
      'the grid never meets the source: its nearest point is 5 deg from it, at most 3.75 deg (0.75 steps) are allowed',
    );
    const low = { ...rotor.limits, elMaxDeg: 30 };
    expect(refusal({ source, rotor: { limits: low } })).toMatch(
      /^the grid never meets the Sun: elevation 4\d\.\d+ deg is outside 0.02..29.98 deg$/,
    );
  });

  test('goes on with the missing cells, also after those at the Sun', () => {
    const plan = planned({ source, cells: Uint32Array.from([0, 4, 24]), bounds: square(10, 5) });
    expect(plan.path.order.toSorted()).toEqual(Uint32Array.from([0, 4, 24]));
  });
});

test('a mast below the antenna is no source below the horizon', () => {
  const source: FrameSource = { kind: 'fixed', direction: { azimuthDeg: 90, elevationDeg: -2 } };
  const limits = { ...rotor.limits, elMinDeg: -5 };
  expect(planned({ source, bounds: square(2, 1), rotor: { limits } }).path.order).toHaveLength(25);
});
