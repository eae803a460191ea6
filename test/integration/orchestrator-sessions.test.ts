import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CellSet } from '../../services/scan-orchestrator/domain/cells.ts';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { Supervisor, type Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { SkyScanError } from '../../services/shared/errors.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// The real engine over a real journal; only the hardware is played.

const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 20,
  elEndDeg: 22,
  stepDeg: 2,
};
const handover = (sessionId: number, change: Partial<Handover> = {}): Handover => ({
  sessionId,
  bounds,
  rssiIterations: 2,
  rotor: rotorConfig(),
  notes: null,
  ...change,
});

const logger = pino({ level: 'silent' });
let folder: string;
let journal: OpenJournal;
let rotors: FakeRotors;
let receiver: FakeReceiver;
let publisher: FakePublisher;
let supervisor: Supervisor;

function build(over: Partial<ConstructorParameters<typeof Supervisor>[0]> = {}): Supervisor {
  const parts = {
    rotors,
    receiver,
    journal,
    publisher,
    clock: systemClock,
    logger,
  };
  return new Supervisor({ ...parts, ...CALM, faultBudgetMs: 60_000, ...over });
}

const status = (id: number) => supervisor.list().find(({ sessionId }) => sessionId === id)?.status;
const reaches = (id: number, wanted: string) => until(`session ${id} ${wanted}`, () => status(id) === wanted);
const notes = (id: number) => supervisor.list().find(({ sessionId }) => sessionId === id)?.notes;
const cellsOf = (points: { row: number; column: number }[]) =>
  points.map(({ row, column }) => `${row},${column}`);
const serpentine = ['0,0', '0,1', '0,2', '1,2', '1,1', '1,0'];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  rotors = new FakeRotors();
  receiver = new FakeReceiver();
  publisher = new FakePublisher();
  supervisor = build();
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

describe('a session', () => {
  test('measures every cell once, in the order of the path, and tells the world', async () => {
    await supervisor.start(handover(1, { notes: 'first light' }));
    await until('that is told', () => publisher.statuses.at(-1)?.status === 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
    expect(publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(publisher.statuses.map(({ status }) => status)).toEqual(['pending', 'running', 'completed']);
    expect(publisher.statuses.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(await supervisor.replay(1, 2, 3)).toMatchObject([{ seq: 3 }, { seq: 4 }, { seq: 5 }]);
    expect(notes(1)).toBe('first light');
    expect(supervisor.list()[0]).toMatchObject({ completedPoints: 6, totalPoints: 6 });
  });

  test('waits for the one before it on the same rotor, in the order of their numbers', async () => {
    rotors.script = (step) => (step === 1 ? 'hang' : undefined);
    await supervisor.start(handover(3));
    await reaches(3, 'running');
    await supervisor.start(handover(5));
    await supervisor.start(handover(4));
    await until(
      'it says what it waits behind',
      () => notes(4)?.startsWith('waiting behind session 3') === true,
    );
    expect([status(4), status(5)]).toEqual(['pending', 'pending']);
    await supervisor.cancel(3);
    await reaches(5, 'completed');
    expect(rotors.holders).toEqual(['session 3', 'session 4', 'session 5']);
  });

  test('is taken over once, however often it is handed over', async () => {
    await Promise.all([supervisor.start(handover(1)), supervisor.start(handover(1))]);
    await reaches(1, 'completed');
    await supervisor.start(handover(1));
    expect(publisher.points).toHaveLength(6);
  });

  test('parks when its rotor wants that', async () => {
    const park = { azimuthDeg: 180, elevationDeg: 45 };
    await supervisor.start(handover(1, { rotor: rotorConfig({ parkAfterScan: true, park }) }));
    await reaches(1, 'completed');
    expect(rotors.slews.at(-1)).toEqual(park);
  });
});

describe('pause, resume, cancel', () => {
  test('a pause on the way stops the rotor; resume goes on with the first missing cell', async () => {
    rotors.script = (step) => (step === 3 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await until('two points', () => publisher.points.length === 2);
    await supervisor.pause(1);
    await reaches(1, 'paused');
    expect(rotors.stops).toBe(1);
    await supervisor.resume(1);
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
  });

  test('of two identical requests one wins, the other meets its state', async () => {
    rotors.script = (step) => (step === 2 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await until('a point', () => publisher.points.length === 1);
    const answers = await Promise.allSettled([supervisor.pause(1), supervisor.pause(1)]);
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected']);
    await expect(supervisor.resume(99)).rejects.toMatchObject({ kind: 'not_found' });
    await reaches(1, 'paused');
    await expect(supervisor.pause(1)).rejects.toMatchObject({ kind: 'wrong_state', message: 'paused' });
    await supervisor.cancel(1);
    await reaches(1, 'cancelled');
    await expect(supervisor.cancel(1)).rejects.toMatchObject({ kind: 'wrong_state', message: 'cancelled' });
  });

  test('a refusal names the state that it met, whatever happens right after', async () => {
    rotors.script = () => 'hang';
    await supervisor.start(handover(1));
    await reaches(1, 'running');
    await supervisor.start(handover(2));
    const refused = supervisor.pause(2);
    const cancelled = supervisor.cancel(2);
    await expect(refused).rejects.toMatchObject({ kind: 'wrong_state', message: 'pending' });
    await cancelled;
  });

  test('a paused session keeps its rotor', async () => {
    rotors.script = (step) => (step === 1 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await reaches(1, 'running');
    await supervisor.pause(1);
    await reaches(1, 'paused');
    await supervisor.start(handover(2));
    expect(status(2)).toBe('pending');
    await supervisor.cancel(1);
    await reaches(2, 'completed');
  });
});

describe('faults', () => {
  test('that pass are tried again until they have passed', async () => {
    const away = new SkyScanError('unavailable', 'rotctld does not answer');
    rotors.script = (step) => (step === 2 || step === 3 ? away : undefined);
    await supervisor.start(handover(1));
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
    expect(notes(1)).toBeNull();
  });

  test('that outlive their budget pause the session with a note', async () => {
    supervisor = build({ faultBudgetMs: 0 });
    receiver.script = (step) =>
      step === 2 ? new SkyScanError('unavailable', 'no bytes for 2 s') : undefined;
    await supervisor.start(handover(1));
    await reaches(1, 'paused');
    expect(notes(1)).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ on the way to az 2 el 20: no bytes for 2 s; goes on by itself/,
    );
    await supervisor.resume(1);
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
  });

  test('of the rotator pause at once', async () => {
    rotors.script = (step) =>
      step === 4 ? new SkyScanError('hardware_fault', 'stalled at az 3 el 22') : undefined;
    await supervisor.start(handover(1));
    await reaches(1, 'paused');
    expect(notes(1)).toContain('stalled at az 3 el 22');
    expect(rotors.stops).toBe(1);
  });

  test('a lease that is taken away in mid-measurement pauses with the reason', async () => {
    receiver.script = (step) => (step === 2 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await until('the second measurement', () => rotors.slews.length === 2);
    rotors.lose(new SkyScanError('hardware_fault', 'stopped by request'));
    await reaches(1, 'paused');
    expect(notes(1)).toContain('stopped by request');
    await supervisor.resume(1);
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
  });

  test('a journal that refuses a point pauses before the point is lost', async () => {
    let refusals = 1;
    const full: Journal = {
      ...journal,
      appendPoint: (id, point) =>
        point.seq === 3 && refusals-- > 0
          ? Promise.reject(new SkyScanError('no_room', 'no space left on device'))
          : journal.appendPoint(id, point),
    };
    supervisor = build({ journal: full });
    await supervisor.start(handover(1));
    await reaches(1, 'paused');
    expect(notes(1)).toContain('no space left on device');
    expect(supervisor.list()[0]?.completedPoints).toBe(2);
    await supervisor.resume(1);
    await reaches(1, 'completed');
    expect(publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(cellsOf(publisher.points).sort()).toEqual([...serpentine].sort());
  });
});

describe('a restart', () => {
  async function restart(): Promise<void> {
    await supervisor.close();
    await journal.close();
    rotors = new FakeRotors();
    journal = await openJournal(folder, logger);
    supervisor = build();
    await supervisor.recover(await journal.loadSessions());
  }

  test('goes on with the first missing cell', async () => {
    rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await supervisor.start(handover(2));
    await until('three points', () => publisher.points.length === 3);
    await restart();
    await reaches(2, 'completed');
    expect(cellsOf(publisher.points)).toEqual([...serpentine, ...serpentine]);
    expect(publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    const revisions = publisher.statuses
      .filter(({ sessionId }) => sessionId === 1)
      .map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  test('knows the cells of points that are confirmed and forgotten', async () => {
    rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await supervisor.start(handover(1));
    await until('three points', () => publisher.points.length === 3);
    await supervisor.confirm(1, 2, 1);
    expect(await supervisor.replay(1, 0, 10)).toMatchObject([{ seq: 3 }]);
    await restart();
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(serpentine);
  });

  test('keeps an ended session until the broker has its end, and says it again', async () => {
    publisher.told = false;
    await supervisor.start(handover(1));
    await reaches(1, 'completed');
    await supervisor.confirm(1, 6, 3);
    expect(supervisor.list()).toHaveLength(1);
    expect(publisher.statuses.at(-1)).toMatchObject({ status: 'completed', revision: 3 });
    expect(publisher.statuses).toHaveLength(4);
    publisher.told = true;
    await supervisor.confirm(1, 6, 3);
    expect(supervisor.list()).toEqual([]);
  });

  test('forgets a session once everything of it is confirmed', async () => {
    await supervisor.start(handover(1));
    await reaches(1, 'completed');
    await supervisor.confirm(1, 6, 2);
    expect(supervisor.list()).toHaveLength(1);
    await supervisor.confirm(1, 6, 3);
    expect(supervisor.list()).toEqual([]);
    expect(await journal.loadSessions()).toEqual([]);
  });

  test('without its disk goes on from what the database holds', async () => {
    const cells = new CellSet(6);
    for (const cell of [0, 1, 2, 5]) cells.add(cell);
    const stored = { revision: 7, completedPoints: 4, storedCells: cells.bits, startedAtMs: 5 };
    await supervisor.start(handover(1, { stored: { ...stored, status: 'running' } }));
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(['1,1', '1,0']);
    expect(publisher.points.map(({ seq }) => seq)).toEqual([5, 6]);
    expect(supervisor.list()[0]).toMatchObject({ revision: 8, startedAtMs: 5, completedPoints: 6 });
    await supervisor.start(handover(2, { stored: { ...stored, status: 'paused' } }));
    expect(status(2)).toBe('paused');
  });

  test('visits what is left scattered on a short way', async () => {
    // Along the rows: 0,5 1,9 1,1. The rotor stands at 0, before the first column.
    const wide = { ...bounds, azEndDeg: 20 };
    const left = [5, 11 + 9, 11 + 1];
    const cells = new CellSet(22);
    for (let cell = 0; cell < 22; cell++) if (!left.includes(cell)) cells.add(cell);
    const stored = { status: 'running' as const, revision: 7, completedPoints: 19, startedAtMs: 5 };
    await supervisor.start(handover(1, { bounds: wide, stored: { ...stored, storedCells: cells.bits } }));
    await reaches(1, 'completed');
    expect(cellsOf(publisher.points)).toEqual(['1,1', '0,5', '1,9']);
  });
});

test('a journal of a newer version is left alone', async () => {
  await journal.close();
  const { ClassicLevel } = await import('classic-level');
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  await level.put('version', 3);
  await level.close();
  await expect(openJournal(folder, logger)).rejects.toThrow(/has version 3; this program knows version 2/);
  const again = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  await again.put('version', 1);
  await again.close();
  journal = await openJournal(folder, logger);
  await expect(openJournal(folder, logger)).rejects.toThrow('cannot be opened');
});
