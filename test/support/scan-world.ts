import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { SessionView } from '../../services/scan-orchestrator/engine/ports.ts';
import {
  createSupervisor,
  type Handover,
  type Supervisor,
} from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock, type Clock } from '#shared/runtime/clock';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from './scan-fakes.ts';
import { until } from './until.ts';

type SupervisorParts = Parameters<typeof createSupervisor>[0];

export interface ScanHardware {
  rotors: FakeRotors;
  receiver: FakeReceiver;
  clock: Clock;
}

/** The real engine with a real journal in its own folder; hardware and broker are fakes. */
export interface ScanWorld {
  readonly folder: string;
  readonly journal: OpenJournal;
  readonly rotors: FakeRotors;
  readonly receiver: FakeReceiver;
  readonly publisher: FakePublisher;
  readonly supervisor: Supervisor;
  /** Replaces the supervisor by a new one on the same journal. */
  rebuild(over?: Partial<SupervisorParts>): void;
  /** Restarts with new hardware: the journal is read again, and the sessions continue. */
  restart(): Promise<void>;
  view(sessionId?: number): SessionView | undefined;
  untilStatus(status: string, sessionId?: number): Promise<unknown>;
  close(): Promise<void>;
}

/** A silent logger. */
export const silent = pino({ level: 'silent' });

/** Two rows of three cells. */
export const SIX_CELLS = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 4,
  elStartDeg: 20,
  elEndDeg: 22,
  stepDeg: 2,
};

/** The order of measurement. */
export const SERPENTINE = ['0,0', '0,1', '0,2', '1,2', '1,1', '1,0'];

/** The cells of points, as `row,column`. */
export const cellsOf = (points: { row: number; column: number }[]) =>
  points.map(({ row, column }) => `${row},${column}`);

/** Session 1 with six cells, as the gateway hands it over. */
export const handover = (change: Partial<Handover> = {}): Handover => ({
  sessionId: 1,
  bounds: SIX_CELLS,
  rssiIterations: 2,
  rotor: rotorConfig(),
  notes: null,
  ...change,
});

const idealHardware = (): ScanHardware => ({
  rotors: new FakeRotors(),
  receiver: new FakeReceiver(),
  clock: systemClock,
});

/** `copyOf`: the folder of a journal with which it starts. */
export async function createScanWorld(createHardware = idealHardware, copyOf?: string): Promise<ScanWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  if (copyOf !== undefined) await cp(copyOf, folder, { recursive: true });
  const publisher = new FakePublisher();
  let journal = await openJournal(folder, silent);
  let hardware = createHardware();
  const build = (over: Partial<SupervisorParts> = {}) =>
    createSupervisor({
      ...hardware,
      ...{ journal, publisher, logger: silent },
      ...CALM,
      ...{ faultBudgetMs: 60_000, ...over },
    });
  let supervisor = build();
  const view = (sessionId = 1) => supervisor.list().find((one) => one.sessionId === sessionId);

  return {
    folder,
    publisher,
    get journal() {
      return journal;
    },
    get rotors() {
      return hardware.rotors;
    },
    get receiver() {
      return hardware.receiver;
    },
    get supervisor() {
      return supervisor;
    },
    rebuild(over) {
      supervisor = build(over);
    },
    async restart() {
      await supervisor.close();
      await journal.close();
      hardware = createHardware();
      journal = await openJournal(folder, silent);
      supervisor = build();
      await supervisor.recover(await journal.loadSessions());
    },
    view,
    untilStatus: (status, sessionId = 1) =>
      until(`session ${sessionId} ${status}`, () => view(sessionId)?.status === status),
    async close() {
      await supervisor.close();
      await journal.close();
      await rm(folder, { recursive: true });
    },
  };
}
