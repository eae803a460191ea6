import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CellSet } from '../../services/scan-orchestrator/domain/cells.ts';
import { Supervisor, type Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { cellPointing, columnsInRow, type GridBounds } from '../../services/shared/grid-shape.ts';
import { CALM, FakePublisher, inlinePlanner, rotorConfig } from '../support/scan-fakes.ts';
import { sweepingHardware, type SweepingHardware } from '../support/sweeping-fakes.ts';
import { until } from '../support/until.ts';

// Grids whose rows are of unequal length, through the real engine and a real journal.

const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
/** A source at azimuth 20 in every row. */
const levelDb = (deg: number) =>
  10 * Math.log10(1e-9 + 1e-7 * Math.exp(-4 * Math.LN2 * ((deg - 20) / 9) ** 2));
const bounds: GridBounds = {
  kind: 'equal_area',
  azStartDeg: 0,
  azEndDeg: 40,
  elStartDeg: 60,
  elEndDeg: 90,
  stepDeg: 5,
};
// Steps of 10, 11.8, 14.6, 19.3, 28.8 and 57.4 degrees, and the zenith.
const COLUMNS = [5, 4, 3, 3, 2, 1, 1];
const TOTAL = 19;

const handover = (change: Partial<Handover> = {}): Handover => ({
  sessionId: 1,
  bounds,
  rssiIterations: 5,
  rotor: rotorConfig({ azimuth: motion, elevation: motion }),
  notes: null,
  ...change,
});

const logger = pino({ level: 'silent' });
let folder: string;
let journal: OpenJournal;
let hardware: SweepingHardware;
let publisher: FakePublisher;
let supervisor: Supervisor;

const build = () =>
  new Supervisor({ ...hardware, journal, publisher, logger, ...CALM, faultBudgetMs: 60_000 });
const reaches = (wanted: string) => until(`session ${wanted}`, () => supervisor.list()[0]?.status === wanted);
const all = COLUMNS.flatMap((columns, row) => Array.from({ length: columns }, (_, i) => `${row},${i}`));
const places = () => publisher.points.map(({ row, column }) => `${row},${column}`);

function expectEveryCellOnce(): void {
  expect(publisher.points.map(({ seq }) => seq)).toEqual(Array.from({ length: TOTAL }, (_, i) => i + 1));
  expect(places().toSorted()).toEqual(all.toSorted());
  for (const { row, column, setpoint } of publisher.points)
    expect(setpoint).toEqual(cellPointing(bounds, row, column));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  hardware = sweepingHardware({ motion, levelDb, readMs: 10 });
  publisher = new FakePublisher();
  supervisor = build();
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

describe('cells of equal area', () => {
  test('are as many in each row as there is room for', () => {
    expect(COLUMNS).toEqual(COLUMNS.map((_, row) => columnsInRow(bounds, row)));
  });

  test('are all measured, each where it is', async () => {
    await supervisor.start(handover());
    await reaches('completed');
    expectEveryCellOnce();
    const plan = await supervisor.planOf(1, inlinePlanner, AbortSignal.timeout(5_000));
    expect(plan?.path.order).toHaveLength(TOTAL);
  });

  test('are swept with the step of their row; a lone one is measured by stopping', async () => {
    await supervisor.start(
      handover({
        mode: 'on_the_fly',
        rotor: rotorConfig({ azimuth: motion, elevation: motion, settleMs: 500 }),
      }),
    );
    await reaches('completed');
    expectEveryCellOnce();
    const { slews, sweeps } = hardware.rotors;
    expect(slews.map(({ elevationDeg }) => elevationDeg)).toEqual([85, 90]);
    expect(new Set(sweeps.map(({ elevationDeg }) => elevationDeg))).toEqual(new Set([60, 65, 70, 75, 80]));
    for (const { row, readback, setpoint } of publisher.points.filter((point) => point.row < 5)) {
      const halfDeg = 2.5 / Math.cos(((60 + 5 * row) * Math.PI) / 180);
      // The reads are spread over the cell from edge to edge: where they were taken on average is its middle.
      expect(Math.abs(readback.azimuthDeg - setpoint.azimuthDeg)).toBeLessThan(halfDeg / 20);
    }
  });

  test('that the database has are not measured again by an orchestrator that has lost its disk', async () => {
    // Numbers count as if every row had five columns.
    const stored = new CellSet(COLUMNS.length * 5);
    for (const cell of [0, 1, 2, 3, 4, 5, 6, 7, 8, 30]) stored.add(cell);
    await supervisor.start(
      handover({
        stored: {
          ...{ status: 'running', revision: 7, completedPoints: 10, startedAtMs: 5 },
          storedCells: stored.bits,
        },
      }),
    );
    await reaches('completed');
    const left = all.slice(9, -1);
    expect(places().toSorted()).toEqual(left.toSorted());
    expect(supervisor.list()[0]).toMatchObject({ completedPoints: TOTAL, totalPoints: TOTAL });
  });

  test.each(['step', 'on_the_fly'] as const)('are found again after a restart: %s', async (mode) => {
    hardware.rotors.script = (step) => (step === 7 ? 'hang' : undefined);
    await supervisor.start(handover({ mode }));
    await until('some are measured', () => publisher.points.length >= 4);
    await supervisor.close();
    hardware = sweepingHardware({ motion, levelDb, readMs: 10 });
    supervisor = build();
    await supervisor.recover(await journal.loadSessions());
    await reaches('completed');
    expectEveryCellOnce();
  });
});

test('a session of a version that knew no kinds of grid is rectangular', async () => {
  hardware.rotors.script = (step) => (step === 3 ? 'hang' : undefined);
  await supervisor.start(handover({ bounds: { ...bounds, kind: 'rectangular', elEndDeg: 65, stepDeg: 20 } }));
  await until('some are measured', () => publisher.points.length >= 1);
  await supervisor.close();
  const [kept] = await journal.loadSessions();
  if (!kept) throw new Error('the journal has lost the session');
  const { kind: _, ...degrees } = kept.record.bounds;
  await journal.saveSession({ ...kept.record, bounds: degrees as GridBounds });

  hardware = sweepingHardware({ motion, levelDb, readMs: 10 });
  supervisor = build();
  await supervisor.recover(await journal.loadSessions());
  await reaches('completed');
  expect(places()).toEqual(['0,0', '0,1', '0,2']);
});
