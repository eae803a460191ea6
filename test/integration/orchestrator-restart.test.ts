import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCellSet } from '../../services/scan-orchestrator/domain/cells.ts';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import {
  cellsOf,
  createScanWorld,
  handover,
  SERPENTINE,
  silent,
  SIX_CELLS,
  type ScanWorld,
} from '../support/scan-world.ts';
import { rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// The real engine with a real journal and fake hardware.

let world: ScanWorld;

const begin = (sessionId: number, change: Parameters<typeof handover>[0] = {}) =>
  world.supervisor.start(handover({ sessionId, ...change }));
const status = (id: number) => world.view(id)?.status;
const untilStatus = (id: number, wanted: string) => world.untilStatus(wanted, id);

beforeEach(async () => {
  world = await createScanWorld();
});

afterEach(() => world.close());

describe('a restart', () => {
  test('continues with the first missing cell', async () => {
    world.rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await begin(1);
    await begin(2);
    await until('three points', () => world.publisher.points.length === 3);
    await world.restart();
    await untilStatus(2, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual([...SERPENTINE, ...SERPENTINE]);
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6]);
    const revisions = world.publisher.statuses
      .filter(({ sessionId }) => sessionId === 1)
      .map(({ revision }) => revision);
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  });

  test('remembers the cells of confirmed and deleted points', async () => {
    world.rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await begin(1);
    await until('three points', () => world.publisher.points.length === 3);
    await world.supervisor.confirm(1, 2, 1);
    expect(await world.supervisor.replay(1, 0, 10)).toMatchObject([{ seq: 3 }]);
    await world.restart();
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
  });

  test('keeps an ended session until the broker has its end, and publishes it again', async () => {
    world.publisher.connected = false;
    await begin(1);
    await untilStatus(1, 'completed');
    await world.supervisor.confirm(1, 6, 3);
    expect(world.supervisor.list()).toHaveLength(1);
    expect(world.publisher.statuses.at(-1)).toMatchObject({ status: 'completed', revision: 3 });
    expect(world.publisher.statuses).toHaveLength(4);
    world.publisher.connected = true;
    await world.supervisor.confirm(1, 6, 3);
    expect(world.supervisor.list()).toEqual([]);
  });

  test('forgets a session once all of it is confirmed', async () => {
    await begin(1);
    await untilStatus(1, 'completed');
    await world.supervisor.confirm(1, 6, 2);
    expect(world.supervisor.list()).toHaveLength(1);
    await world.supervisor.confirm(1, 6, 3);
    expect(world.supervisor.list()).toEqual([]);
    expect(await world.journal.loadSessions()).toEqual([]);
  });

  test('without its disk continues from the stored points of the database', async () => {
    const cells = createCellSet(6);
    for (const cell of [0, 1, 2, 5]) cells.add(cell);
    const stored = { revision: 7, completedPoints: 4, storedCells: cells.bits, startedAtMs: 5 };
    await begin(1, { stored: { ...stored, status: 'running' } });
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(['1,1', '1,0']);
    expect(world.publisher.points.map(({ seq }) => seq)).toEqual([5, 6]);
    expect(world.supervisor.list()[0]).toMatchObject({ revision: 8, startedAtMs: 5, completedPoints: 6 });
    await begin(2, { stored: { ...stored, status: 'paused' } });
    expect(status(2)).toBe('paused');
  });

  test('plans a short tour through scattered remaining cells', async () => {
    // Along the rows: 0,5 1,9 1,1. The rotor stands at 0, before the first column.
    const wide = { ...SIX_CELLS, azEndDeg: 20 };
    const left = [5, 11 + 9, 11 + 1];
    const cells = createCellSet(22);
    for (let cell = 0; cell < 22; cell++) if (!left.includes(cell)) cells.add(cell);
    const stored = { status: 'running' as const, revision: 7, completedPoints: 19, startedAtMs: 5 };
    await begin(1, { bounds: wide, stored: { ...stored, storedCells: cells.bits } });
    await untilStatus(1, 'completed');
    expect(cellsOf(world.publisher.points)).toEqual(['1,1', '0,5', '1,9']);
  });
});

test('a session of a version up to 0.2 continues with its receiver', async () => {
  world.rotors.script = (step) => (step === 3 ? 'hang' : undefined);
  const { receiver, ...rotor } = rotorConfig();
  await begin(1, { rotor: { ...rotor, receiver: { ...receiver, name: 'roof' } } });
  await until('some are measured', () => world.publisher.points.length >= 2);
  await world.supervisor.close();
  const [kept] = await world.journal.loadSessions();
  if (!kept) throw new Error('the journal has lost the session');
  const old = { ...rotor, receiver: { ...receiver, receiver: 'roof' } };
  await world.journal.saveSession({ ...kept.record, rotor: old });
  const [loaded] = await world.journal.loadSessions();
  expect(loaded?.record.rotor.receiver).toEqual({ ...receiver, name: 'roof' });
  await world.restart();
  await untilStatus(1, 'completed');
  expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
});

test('does not open a journal of a newer version', async () => {
  await world.journal.close();
  const { ClassicLevel } = await import('classic-level');
  const level = new ClassicLevel<string, unknown>(world.folder, { valueEncoding: 'json' });
  await level.put('version', 3);
  await level.close();
  await expect(openJournal(world.folder, silent)).rejects.toThrow(
    /has version 3; this program supports version 2/,
  );
  const again = new ClassicLevel<string, unknown>(world.folder, { valueEncoding: 'json' });
  await again.put('version', 1);
  await again.close();
  const opened = await openJournal(world.folder, silent);
  await expect(openJournal(world.folder, silent)).rejects.toThrow('cannot be opened');
  await opened.close();
});
