import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { systemClock } from '#shared/runtime/clock';
import { SkyScanError } from '#shared/base/errors';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { createScanWorld, handover, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

// References with the real engine and a real journal; the test controls the clock.

const REFERENCE = 'az 90 el 60';
const MINUTE_MS = 60_000;
const begin = (change: Partial<Handover> = {}) =>
  world.supervisor.start(
    handover({
      bounds: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 8, elStartDeg: 20, elEndDeg: 20, stepDeg: 2 },
      reference: { pointing: { azimuthDeg: 90, elevationDeg: 60 }, everyMs: 10 * MINUTE_MS },
      ...change,
    }),
  );

let world: ScanWorld;
let passedMs: number;

const untilStatus = (wanted: string) => world.untilStatus(wanted);
const visits = () => world.rotors.slews.map(formatPointing);
const cells = (...azimuths: number[]) => azimuths.map((azimuth) => `az ${azimuth} el 20`);
/** The seqs of the points with a reference. */
const brought = () => world.publisher.points.filter(({ reference }) => reference).map(({ seq }) => seq);

beforeEach(async () => {
  passedMs = 0;
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
  world = await createScanWorld(() => ({
    rotors: new FakeRotors(),
    receiver: new FakeReceiver(),
    clock,
  }));
});

afterEach(() => world.close());

describe('a reference', () => {
  test('is measured before the first and the last cell, and is stored with the next point', async () => {
    await begin();
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
    const [first] = await world.supervisor.replay(1, 0, 1);
    expect(first?.reference).toEqual({
      readback: { azimuthDeg: 90, elevationDeg: 60 },
      meanDbm: expect.closeTo(-90, 9) as number,
      stdDb: 0,
      reads: 2,
      flags: [],
      measuredAtMs: expect.any(Number) as number,
    });
    expect(first?.reference?.measuredAtMs).toBeLessThanOrEqual(first?.measuredAtMs ?? 0);
  });

  test('is measured again when its interval has passed', async () => {
    // The first measurement is the reference, the following ones are cells.
    world.receiver.script = (step) => {
      if (step === 3) passedMs += 10 * MINUTE_MS;
      return undefined;
    };
    await begin();
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2), REFERENCE, ...cells(4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 3, 5]);
  });

  test('is measured once for a scan of one point', async () => {
    await begin({
      bounds: { kind: 'rectangular', azStartDeg: 4, azEndDeg: 4, elStartDeg: 20, elEndDeg: 20, stepDeg: 2 },
    });
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(4)]);
    expect(brought()).toEqual([1]);
  });

  test('is measured on the nearest cable turn', async () => {
    const pointing = { azimuthDeg: 350, elevationDeg: 60 };
    await begin({ reference: { pointing, everyMs: MINUTE_MS } });
    await untilStatus('completed');
    expect(visits()[0]).toBe('az -10 el 60');
  });

  test('carries its own flags', async () => {
    world.receiver.script = () => undefined;
    const uncalibrated = { ...rotorConfig().receiver, dbmOffsetDb: undefined };
    await begin({ rotor: rotorConfig({ receiver: uncalibrated }) });
    await untilStatus('completed');
    expect(world.publisher.points[0]?.reference?.flags).toEqual(['uncalibrated']);
  });

  test('is measured when the next cell cannot be reached at first', async () => {
    const away = new SkyScanError('unavailable', 'rotctld does not answer');
    // The second slew goes to the first cell.
    world.rotors.script = (step) => (step === 2 ? away : undefined);
    await begin();
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
  });

  test('that cannot be measured is a fault whose note names the reference', async () => {
    world.rebuild({ faultBudgetMs: 0 });
    world.receiver.script = (step) =>
      step === 1 ? new SkyScanError('hardware_fault', 'no signal at all') : undefined;
    await begin();
    await untilStatus('paused');
    expect(world.supervisor.list()[0]?.notes).toContain(
      'at the reference pointing az 90 el 60: no signal at all',
    );
    await world.supervisor.resume(1);
    await untilStatus('completed');
    expect(brought()).toEqual([1, 5]);
  });

  test('is measured again after a pause during its measurement', async () => {
    world.receiver.script = (step) => (step === 1 ? 'hang' : undefined);
    await begin();
    await until('it is being measured', () => world.rotors.slews.length === 1);
    await world.supervisor.pause(1);
    await untilStatus('paused');
    expect(world.publisher.points).toEqual([]);
    await world.supervisor.resume(1);
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
  });

  test('that is blocked suspends the session before the slew', async () => {
    let sun = true;
    const conditions = {
      reason: (next: Pointing | undefined) =>
        sun && next?.elevationDeg === 60 ? 'the Sun is 3 deg away' : undefined,
    };
    world.rebuild({ conditions, suspendSettleMs: 10 });
    await begin();
    await untilStatus('paused');
    expect(visits()).toEqual([]);
    expect(world.supervisor.list()[0]?.notes).toContain('the Sun is 3 deg away');
    sun = false;
    await untilStatus('completed');
    expect(brought()).toEqual([1, 5]);
  });

  test('is due again when the journal refuses its point', async () => {
    let refusals = 1;
    const full: Journal = {
      ...world.journal,
      appendPoint: (id, point) =>
        point.seq === 1 && refusals-- > 0
          ? Promise.reject(new SkyScanError('no_room', 'no space left on device'))
          : world.journal.appendPoint(id, point),
    };
    world.rebuild({ journal: full });
    await begin();
    await untilStatus('paused');
    await world.supervisor.resume(1);
    await untilStatus('completed');
    expect(brought()).toEqual([1, 5]);
    expect(new Set(world.publisher.points.map(({ column }) => column)).size).toBe(5);
    expect(visits().filter((visit) => visit === REFERENCE)).toHaveLength(3);
  });

  test('is due at once after a restart', async () => {
    world.rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await begin();
    await until('two points', () => world.publisher.points.length === 2);
    await world.restart();
    await untilStatus('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 3, 5]);
    expect(
      (await world.supervisor.replay(1, 0, 10)).flatMap(({ seq, reference }) => (reference ? [seq] : [])),
    ).toEqual([1, 3, 5]);
  });
});

test('a session reports its receiver while it runs', async () => {
  world.receiver.script = (step) => (step === 2 ? 'hang' : undefined);
  await begin();
  await until('it measures', () => world.rotors.slews.length === 2);
  expect([world.supervisor.sessionUsing('default'), world.supervisor.sessionUsing('roof')]).toEqual([
    1,
    undefined,
  ]);
  await world.supervisor.cancel(1);
  await untilStatus('cancelled');
  expect(world.supervisor.sessionUsing('default')).toBeUndefined();
});
