import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import { createSupervisor, type Supervisor } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '#shared/runtime/clock';
import { between, createRandom } from '../../services/simulator/domain/random.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// Journal files as a power cut, a worn SD card or a user error may leave them. In every case the
// orchestrator starts, reports only points that were measured, and completes the scan.

const SEED = 20_260;
const TOTAL = 30;
const MEASURED = 20;
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 0,
  azEndDeg: 8,
  elStartDeg: 20,
  elEndDeg: 30,
  stepDeg: 2,
};
const logger = pino({ level: 'silent' });

let folder: string;
/** The journal folder of a killed orchestrator with 20 of 30 points: all of them are in the log. */
let killed: string;
/** The same after a clean restart: all points are in a table. */
let closed: string;
let points: MeasuredPoint[];
/** Size of the log after each point. */
const sizes: number[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-journal-faults-'));
  killed = join(folder, 'killed');
  closed = join(folder, 'closed');
  const original = join(folder, 'original');
  const journal = await openJournal(original, logger);
  const rotors = new FakeRotors();
  rotors.script = (step) => (step > MEASURED ? 'hang' : undefined);
  const appendPoint: typeof journal.appendPoint = async (id, point) => {
    await journal.appendPoint(id, point);
    sizes.push(statSync(logOf(original)).size);
  };
  const publisher = new FakePublisher();
  const supervisor = createTestSupervisor({ ...journal, appendPoint }, rotors, publisher);
  await supervisor.start(handover());
  await until('the first points', () => publisher.points.length === MEASURED);
  points = publisher.points;
  cpSync(original, killed, { recursive: true });
  await supervisor.close();
  await journal.close();
  await (await openJournal(original, logger)).close();
  cpSync(original, closed, { recursive: true });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the journal after a power cut', () => {
  test('cut anywhere in its last record, drops that point, keeps the rest and resumes the scan', async () => {
    const last = sizes.at(-1) ?? 0;
    const before = sizes.at(-2) ?? 0;
    for (let cut = before; cut <= last; cut++) {
      const copy = copyJournal(killed);
      truncateSync(logOf(copy), cut);
      await expectComplete(copy, cut === last ? MEASURED : MEASURED - 1, { finish: cut % 50 === 0 });
    }
  });

  test('cut anywhere, keeps every point before the cut', async () => {
    const random = createRandom(SEED);
    const edges = sizes.flatMap((size) => [size - 1, size, size + 1, size + 7]);
    const anywhere = Array.from({ length: 60 }, () => Math.floor(between(random, 0, sizes.at(-1) ?? 0)));
    const first = sizes[0] ?? 0;
    for (const cut of [...edges, ...anywhere].filter((cut) => cut < (sizes.at(-1) ?? 0) && cut >= first)) {
      const copy = copyJournal(killed);
      truncateSync(logOf(copy), cut);
      await expectComplete(copy, sizes.filter((size) => size <= cut).length, { finish: cut % 10 === 0 });
    }
  });

  test('does not read a tail of zeros or noise as a point', async () => {
    const random = createRandom(SEED);
    const noise = Buffer.from(Array.from({ length: 9_000 }, () => Math.floor(random() * 256)));
    for (const tail of [Buffer.alloc(9_000), noise]) {
      const copy = copyJournal(killed);
      writeFileSync(logOf(copy), tail, { flag: 'a' });
      await expectComplete(copy, MEASURED, { finish: true });
    }
  });
});

describe('the journal with damaged bytes', () => {
  test.each([
    ['its log', () => killed, /\.log$/],
    ['its table', () => closed, /\.ldb$/],
    ['its manifest', () => closed, /^MANIFEST/],
    ['CURRENT', () => closed, /^CURRENT$/],
  ])('in %s reports only measured points, and the scan completes', async (_, from, name) => {
    const random = createRandom(SEED);
    for (let round = 0; round < 40; round++) {
      const copy = copyJournal(from());
      const file = fileIn(copy, name);
      const at = Math.floor(between(random, 0, statSync(file).size));
      flip(file, at, 1 << Math.floor(random() * 8), round % 4 === 0 ? 40 : 1);
      await expectComplete(copy, undefined, { finish: round % 4 === 0 });
    }
  });

  test.each([
    ['CURRENT', /^CURRENT$/],
    ['the manifest', /^MANIFEST/],
    ['the table', /\.ldb$/],
  ])('without %s finds the points of the other files and keeps the files', async (what, name) => {
    const copy = copyJournal(closed);
    rmSync(fileIn(copy, name));
    await expectComplete(copy, what === 'the table' ? 0 : MEASURED, { finish: true });
    expect(readdirSync(folder).some((entry) => entry.startsWith(`${copy.split('/').at(-1)}-damaged-`))).toBe(
      true,
    );
  });

  test('in the middle: measures that point and all later ones again, and adds a note to the session', async () => {
    const copy = copyJournal(killed);
    const [size = 0] = sizes.slice(9);
    flip(logOf(copy), size + 60, 0xff, 1);
    const { notes } = await expectComplete(copy, undefined, { finish: true });
    expect(
      notes === null ||
        /damaged: (1 point could not be used and is|\d+ points could not be used and are) measured again/.test(
          notes,
        ),
    ).toBe(true);
  });
});

let copies = 0;
function copyJournal(from: string): string {
  const copy = join(folder, `copy-${++copies}`);
  cpSync(from, copy, { recursive: true });
  return copy;
}

function fileIn(journal: string, name: RegExp): string {
  // The largest: an empty log may exist beside a full one.
  const names = readdirSync(journal).filter((entry) => name.test(entry));
  const paths = names.map((entry) => join(journal, entry));
  const [path] = paths.toSorted((a, b) => statSync(b).size - statSync(a).size);
  if (!path) throw new Error(`no ${String(name)} in ${names.join(' ')}`);
  return path;
}

function logOf(journal: string): string {
  return fileIn(journal, /\.log$/);
}

function flip(path: string, at: number, mask: number, length: number): void {
  const bytes = readFileSync(path);
  const file = openSync(path, 'r+');
  for (let i = at; i < Math.min(at + length, bytes.length); i++)
    writeSync(file, Buffer.of((bytes[i] ?? 0) ^ mask), 0, 1, i);
  closeSync(file);
}

/**
 * Opens a journal and expects exactly `count` points if given. Then runs the scan to its end, with
 * a new handover if the journal has lost it, and expects every cell once.
 */
async function expectComplete(path: string, count: number | undefined, { finish }: { finish: boolean }) {
  const journal = await openJournal(path, logger);
  const publisher = new FakePublisher();
  const supervisor = createTestSupervisor(journal, new FakeRotors(), publisher);
  try {
    const sessions = await journal.loadSessions();
    const kept = sessions.length > 0 ? await journal.readPoints(1, 0, TOTAL) : [];
    expect(kept).toEqual(points.slice(0, kept.length));
    if (count !== undefined) expect(kept).toHaveLength(count);
    if (!finish) return { notes: null };
    await supervisor.recover(sessions);
    if (sessions.length === 0) await supervisor.start(handover());
    await until('the end of the scan', () => supervisor.list()[0]?.status === 'completed');
    const all = await supervisor.replay(1, 0, TOTAL + 1);
    expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: TOTAL }, (_, i) => i + 1));
    expect(new Set(all.map(({ row, column }) => `${row},${column}`)).size).toBe(TOTAL);
    return { notes: supervisor.list()[0]?.notes ?? null };
  } finally {
    await supervisor.close();
    await journal.close();
  }
}

function handover() {
  return { sessionId: 1, bounds, rssiIterations: 2, rotor: rotorConfig(), notes: null };
}

type Parts = Parameters<typeof createSupervisor>[0];
function createTestSupervisor(
  journal: Parts['journal'],
  rotors: FakeRotors,
  publisher: FakePublisher,
): Supervisor {
  const receiver = new FakeReceiver();
  return createSupervisor({
    rotors,
    receiver,
    journal,
    publisher,
    clock: systemClock,
    logger,
    faultBudgetMs: 60_000,
    ...CALM,
  });
}
