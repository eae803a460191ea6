import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { SkyScanError } from '#shared/base/errors';
import { rotorConfig } from '../support/scan-fakes.ts';
import { cellsOf, createScanWorld, handover, SERPENTINE, type ScanWorld } from '../support/scan-world.ts';
import { until } from '../support/until.ts';

// The real engine with a real journal and fake hardware.

let world: ScanWorld;

const begin = (sessionId: number, change: Parameters<typeof handover>[0] = {}) =>
  world.supervisor.start(handover({ sessionId, ...change }));
const status = (id: number) => world.view(id)?.status;
const untilStatus = (id: number, wanted: string) => world.untilStatus(wanted, id);
const notes = (id: number) => world.view(id)?.notes;

beforeEach(async () => {
  world = await createScanWorld();
});

afterEach(() => world.close());

describe('a session', () => {
  test('measures every cell once in the order of the path, and publishes the points', async () => {
    await begin(1, { notes: 'first light' });
    await until('the end is published', () => world.publisher.statuses.at(-1)?.status === 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(world.publisher.statuses.map(({ status }) => status)).toEqual(['pending', 'running', 'completed']);
    expect(world.publisher.statuses.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(await world.supervisor.replay(1, 2, 3)).toMatchObject([{ seq: 3 }, { seq: 4 }, { seq: 5 }]);
    expect(notes(1)).toBe('first light');
    expect(world.supervisor.list()[0]).toMatchObject({ completedPoints: 6, totalPoints: 6 });
  });

  test('waits for earlier sessions of the same rotor, in the order of their ids', async () => {
    world.rotors.script = (step) => (step === 1 ? 'hang' : undefined);
    await begin(3);
    await untilStatus(3, 'running');
    await begin(5);
    await begin(4);
    await until(
      'its note names the session it waits for',
      () => notes(4)?.startsWith('waiting behind session 3') === true,
    );
    expect([status(4), status(5)]).toEqual(['pending', 'pending']);
    await world.supervisor.cancel(3);
    await untilStatus(5, 'completed');
    expect(world.rotors.holders).toEqual(['session 3', 'session 4', 'session 5']);
  });

  test('is accepted once, despite repeated handovers', async () => {
    await Promise.all([begin(1), begin(1)]);
    await untilStatus(1, 'completed');
    await begin(1);
    expect(world.publisher.points).toHaveLength(6);
  });

  test('parks if the rotor is configured to', async () => {
    const park = { azimuthDeg: 180, elevationDeg: 45 };
    await begin(1, { rotor: rotorConfig({ parkAfterScan: true, park }) });
    await untilStatus(1, 'completed');
    expect(world.rotors.slews.at(-1)).toEqual(park);
  });
});

describe('pause, resume, cancel', () => {
  test('a pause during a slew stops the rotor; resume continues with the first missing cell', async () => {
    world.rotors.script = (step) => (step === 3 ? 'hang' : undefined);
    await begin(1);
    await until('two points', () => world.publisher.points.length === 2);
    await world.supervisor.pause(1);
    await untilStatus(1, 'paused');
    expect(world.rotors.stops).toBe(1);
    await world.supervisor.resume(1);
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
  });

  test('of two identical requests one succeeds, the other is refused in the new state', async () => {
    world.rotors.script = (step) => (step === 2 ? 'hang' : undefined);
    await begin(1);
    await until('a point', () => world.publisher.points.length === 1);
    const answers = await Promise.allSettled([world.supervisor.pause(1), world.supervisor.pause(1)]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected']);
    await expect(world.supervisor.resume(99)).rejects.toMatchObject({ kind: 'not_found' });
    await untilStatus(1, 'paused');
    await expect(world.supervisor.pause(1)).rejects.toMatchObject({
      kind: 'wrong_state',
      details: { state: 'paused' },
    });
    await world.supervisor.cancel(1);
    await untilStatus(1, 'cancelled');
    await expect(world.supervisor.cancel(1)).rejects.toMatchObject({
      kind: 'wrong_state',
      details: { state: 'cancelled' },
    });
  });

  test('a refusal names the state at its time, whatever happens right after', async () => {
    world.rotors.script = () => 'hang';
    await begin(1);
    await untilStatus(1, 'running');
    await begin(2);
    const refused = world.supervisor.pause(2);
    const cancelled = world.supervisor.cancel(2);
    await expect(refused).rejects.toMatchObject({ kind: 'wrong_state', details: { state: 'pending' } });
    await cancelled;
  });

  test('a paused session keeps its rotor', async () => {
    world.rotors.script = (step) => (step === 1 ? 'hang' : undefined);
    await begin(1);
    await untilStatus(1, 'running');
    await world.supervisor.pause(1);
    await untilStatus(1, 'paused');
    await begin(2);
    expect(status(2)).toBe('pending');
    await world.supervisor.cancel(1);
    await untilStatus(2, 'completed');
  });
});

describe('faults', () => {
  test('that clear are retried until they have cleared', async () => {
    const away = new SkyScanError('unavailable', 'rotctld does not answer');
    world.rotors.script = (step) => (step === 2 || step === 3 ? away : undefined);
    await begin(1);
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
    expect(notes(1)).toBeNull();
  });

  test('that outlive their budget pause the session with a note', async () => {
    world.rebuild({ faultBudgetMs: 0 });
    world.receiver.script = (step) =>
      step === 2 ? new SkyScanError('unavailable', 'no bytes for 2 s') : undefined;
    await begin(1);
    await untilStatus(1, 'paused');
    expect(notes(1)).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ on the way to az 2 el 20: no bytes for 2 s; resumes automatically/,
    );
    await world.supervisor.resume(1);
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
  });

  test('of the rotator pause at once', async () => {
    world.rotors.script = (step) =>
      step === 4 ? new SkyScanError('hardware_fault', 'stalled at az 3 el 22') : undefined;
    await begin(1);
    await untilStatus(1, 'paused');
    expect(notes(1)).toContain('stalled at az 3 el 22');
    expect(world.rotors.stops).toBe(1);
  });

  test('a lease revoked during a measurement pauses with the reason', async () => {
    world.receiver.script = (step) => (step === 2 ? 'hang' : undefined);
    await begin(1);
    await until('the second measurement', () => world.rotors.slews.length === 2);
    world.rotors.lose(new SkyScanError('hardware_fault', 'stopped by request'));
    await untilStatus(1, 'paused');
    expect(notes(1)).toContain('stopped by request');
    await world.supervisor.resume(1);
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
  });

  test('a journal that refuses a point pauses the session before the point is lost', async () => {
    let refusals = 1;
    const full: Journal = {
      ...world.journal,
      appendPoint: (id, point) =>
        point.seq === 3 && refusals-- > 0
          ? Promise.reject(new SkyScanError('no_room', 'no space left on device'))
          : world.journal.appendPoint(id, point),
    };
    world.rebuild({ journal: full });
    await begin(1);
    await untilStatus(1, 'paused');
    expect(notes(1)).toContain('no space left on device');
    expect(world.supervisor.list()[0]?.completedPoints).toBe(2);
    await world.supervisor.resume(1);
    await untilStatus(1, 'completed');
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(cellsOf(world.publisher.points).sort()).toEqual([...SERPENTINE].sort());
  });
});
