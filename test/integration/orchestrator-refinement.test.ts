import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import type { Tuning } from '../../services/scan-orchestrator/engine/tunings.ts';
import { SkyScanError } from '#shared/base/errors';
import { separationDeg } from '#shared/sky/pointing';
import { BEAM_DEG, levelAt } from '../support/refine-examples.ts';
import { rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, type ScanWorld } from '../support/scan-world.ts';
import { sweepingHardware } from '../support/sweeping-fakes.ts';
import { COARSE, columns, hardwareOf, rows, scan, SOURCE } from '../support/refined-scan.ts';
import { until } from '../support/until.ts';

// Refinements with the real engine and a real journal.

let world: ScanWorld;
const begin = (change: Partial<Handover> = {}) => world.supervisor.start(scan(change));
const measured = () => world.publisher.points.length;
const cells = () => world.publisher.points.map(({ row, column }) => row * columns + column);
const untilMeasured = (count: number) => until(`${count} points`, () => measured() >= count);

function expectWholeSession(): void {
  const { points: added, note } = world.supervisor.refinementOf(1) ?? { points: [], note: '' };
  expect(added.length).toBeGreaterThan(5);
  const total = COARSE + added.length;
  expect(world.view()).toMatchObject({
    status: 'completed',
    totalPoints: total,
    completedPoints: total,
    notes: note,
  });
  expect(world.publisher.points.map(({ seq }) => seq)).toEqual(
    Array.from({ length: total }, (_, i) => i + 1),
  );
  expect(
    cells()
      .slice(0, COARSE)
      .every((cell) => cell < rows * columns),
  ).toBe(true);
  expect(cells().toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
  for (const { row, column, setpoint } of world.publisher.points.slice(COARSE))
    expect(setpoint).toEqual(added[row * columns + column - rows * columns]);
}

beforeEach(async () => {
  world = await createScanWorld(hardwareOf([SOURCE]));
});

afterEach(() => world.close());

describe('a scan with refinement', () => {
  test('measures the grid, then a disc around the source, in one session', async () => {
    await begin();
    await world.untilStatus('completed');
    expectWholeSession();
    expect(world.view()?.notes).toMatch(/^Refined 1 detection with \d+ more points \(step 3 deg\)\.$/);
    for (const { setpoint } of world.publisher.points.slice(COARSE))
      expect(separationDeg(setpoint, SOURCE.at)).toBeLessThan(1.7 * BEAM_DEG);
    // The total grows once, with a new revision, before the first added point is measured.
    const totals = world.publisher.statuses.map(({ totalPoints, completedPoints }) => [
      totalPoints,
      completedPoints,
    ]);
    const grown = totals.findIndex(([total]) => total !== COARSE);
    expect(totals[grown]?.[1]).toBe(COARSE);
    expect(new Set(totals.slice(grown).map(([total]) => total)).size).toBe(1);
    expect(world.rotors.holders).toEqual(['session 1']);
  });

  test('of an empty sky ends after the grid', async () => {
    await world.close();
    world = await createScanWorld(hardwareOf([]));
    await begin({ notes: 'night' });
    await world.untilStatus('completed');
    expect(measured()).toBe(COARSE);
    expect(world.view()?.notes).toBe('night\nNothing above 6 sigma: not refined.');
    expect(world.supervisor.refinementOf(1)?.points).toEqual([]);
  });

  test.each([
    ['during the grid', COARSE - 10],
    ['after the grid, before the points are chosen', COARSE],
    ['before the first added point', COARSE + 1],
    ['among the added points', COARSE + 4],
  ])('continues after a restart %s, also when points were confirmed', async (_, slew) => {
    const undisturbed = await createScanWorld(hardwareOf([SOURCE]));
    await undisturbed.supervisor.start(scan());
    await undisturbed.untilStatus('completed');
    const expected = undisturbed.supervisor.refinementOf(1);
    await undisturbed.close();
    // Before the points are chosen, the position is read again: that is where it hangs.
    if (slew === COARSE) world.rotors.positionScript = (n) => (n > COARSE + 1 ? 'hang' : undefined);
    else world.rotors.script = (step) => (step === slew ? 'hang' : undefined);
    await begin();
    await untilMeasured(Math.min(slew, slew === COARSE ? slew : slew - 1));
    await world.supervisor.confirm(1, COARSE - 20, world.view()?.revision ?? 0);
    await world.restart();
    await world.untilStatus('completed');
    expectWholeSession();
    expect(world.supervisor.refinementOf(1)).toEqual(expected);
  });

  test('does not choose its points again when the service ends right after they were stored', async () => {
    world.rotors.script = (step) => (step === COARSE + 1 ? 'hang' : undefined);
    await begin();
    await until('the points are chosen', () => world.supervisor.refinementOf(1) !== undefined);
    const [{ record } = { record: undefined }] = await world.journal.loadSessions();
    expect(record?.refinement?.points.length).toBeGreaterThan(5);
    // As if the process had ended before the new state was saved.
    if (!record) throw new Error('no record');
    await world.journal.saveSession({
      ...record,
      state: { ...record.state, remaining: 0, refines: true, refineNote: undefined },
    });
    await world.supervisor.close();
    world.rebuild();
    await world.restart();
    await world.untilStatus('completed');
    expectWholeSession();
  });

  test.each([
    ['paused', 'before', false],
    ['paused', 'after', true],
  ])(
    'that is %s while its points are chosen, %s they are stored, measures them once',
    async (_, __, isStored) => {
      const { journal } = world;
      let release: () => void = () => undefined;
      const held = new Promise<undefined>((resolve) => (release = () => resolve(undefined)));
      let isChosen = false;
      world.rebuild({
        journal: {
          ...journal,
          saveSession: async (record) => {
            if (isStored) await journal.saveSession(record);
            if (record.refinement && !isChosen) {
              isChosen = true;
              await held;
            }
            await journal.saveSession(record);
          },
        },
      });
      await begin();
      await until('the points are chosen', () => isChosen);
      const pausing = world.supervisor.pause(1);
      release();
      await pausing;
      await world.untilStatus('paused');
      await world.supervisor.resume(1);
      await world.untilStatus('completed');
      expectWholeSession();
    },
  );

  test('that cannot store its points chooses them again', async () => {
    const { journal } = world;
    let failures = 0;
    world.rebuild({
      journal: {
        ...journal,
        saveSession: (record) =>
          record.refinement && failures++ === 0
            ? Promise.reject(new SkyScanError('unavailable', 'the disk is full'))
            : journal.saveSession(record),
      },
    });
    await begin();
    await world.untilStatus('completed');
    expect(failures).toBeGreaterThan(1);
    expectWholeSession();
  });

  test('pauses and resumes among the added points', async () => {
    world.rotors.script = (step) => (step === COARSE + 3 ? 'hang' : undefined);
    await begin();
    await untilMeasured(COARSE + 2);
    await world.supervisor.pause(1);
    await world.untilStatus('paused');
    expect(world.view()?.notes).toContain('Refined 1 detection');
    world.rotors.script = () => undefined;
    await world.supervisor.resume(1);
    await world.untilStatus('completed');
    expectWholeSession();
  });

  test('can be cancelled among the added points', async () => {
    world.rotors.script = (step) => (step === COARSE + 3 ? 'hang' : undefined);
    await begin();
    await untilMeasured(COARSE + 2);
    await world.supervisor.cancel(1);
    await world.untilStatus('cancelled');
    expect(world.view()?.completedPoints).toBe(COARSE + 2);
    expect(world.view()?.totalPoints).toBeGreaterThan(COARSE + 5);
  });

  test('sweeps the grid and stops at the added points', async () => {
    const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
    await world.close();
    const levelDb = (deg: number) => levelAt({ azimuthDeg: deg, elevationDeg: 29 }, [SOURCE]);
    world = await createScanWorld(() => sweepingHardware({ motion, levelDb, readMs: 10 }));
    const rotor = rotorConfig({ beamWidthDeg: BEAM_DEG, azimuth: motion, elevation: motion, settleMs: 500 });
    await begin({ mode: 'on_the_fly', rotor });
    await world.untilStatus('completed');
    expect(world.rotors.sweeps.length).toBeGreaterThan(rows);
    const { points = [] } = world.supervisor.refinementOf(1) ?? {};
    expect(points.length).toBeGreaterThan(5);
    expect(measured()).toBe(COARSE + points.length);
    expect(world.rotors.slews).toHaveLength(points.length);
  });

  test('measures the reference before the first and the last added point too', async () => {
    const reference = { pointing: { azimuthDeg: 0, elevationDeg: 60 }, everyMs: 3_600_000 };
    await begin({ reference });
    await world.untilStatus('completed');
    expectWholeSession();
    const carriers = world.publisher.points.filter((point) => point.reference).map(({ seq }) => seq);
    expect(carriers).toEqual([1, COARSE, world.view()?.totalPoints]);
  });
});

test('a scan that is refined measures with the tuning of its bands', async () => {
  const band = { centerFrequencyHz: 4e8, bandwidthHz: 1e6 };
  await begin({ bands: [band] });
  await world.untilStatus('completed');
  const tunings: readonly Tuning[] = world.receiver.measured;
  expect(tunings).toHaveLength(world.view()?.totalPoints ?? 0);
  expect(new Set(tunings.map(({ centerFrequencyHz }) => centerFrequencyHz))).toEqual(new Set([4e8]));
});
