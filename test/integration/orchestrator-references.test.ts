import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../services/scan-orchestrator/engine/ports.ts';
import { Supervisor, type Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { openJournal, type OpenJournal } from '../../services/scan-orchestrator/journal/journal.ts';
import { systemClock } from '../../services/shared/clock.ts';
import { SkyScanError } from '../../services/shared/errors.ts';
import { formatPointing, type Pointing } from '../../services/shared/pointing.ts';
import { CALM, FakePublisher, FakeReceiver, FakeRotors, rotorConfig } from '../support/scan-fakes.ts';
import { until } from '../support/until.ts';

// A reference pointing through the real engine and a real journal; time passes when a test says so.

const REFERENCE = 'az 90 el 60';
const MINUTE_MS = 60_000;
const handover = (change: Partial<Handover> = {}): Handover => ({
  sessionId: 1,
  bounds: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 8, elStartDeg: 20, elEndDeg: 20, stepDeg: 2 },
  rssiIterations: 2,
  reference: { pointing: { azimuthDeg: 90, elevationDeg: 60 }, everyMs: 10 * MINUTE_MS },
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
let passedMs: number;

function build(over: Partial<ConstructorParameters<typeof Supervisor>[0]> = {}): Supervisor {
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + passedMs };
  const parts = { rotors, receiver, journal, publisher, clock, logger };
  return new Supervisor({ ...parts, ...CALM, faultBudgetMs: 60_000, ...over });
}

const reaches = (wanted: string) => until(`session ${wanted}`, () => supervisor.list()[0]?.status === wanted);
const visits = () => rotors.slews.map(formatPointing);
const cells = (...azimuths: number[]) => azimuths.map((azimuth) => `az ${azimuth} el 20`);
/** The seqs of the points that brought a reference. */
const brought = () => publisher.points.filter(({ reference }) => reference).map(({ seq }) => seq);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sky-scan-journal-'));
  journal = await openJournal(folder, logger);
  rotors = new FakeRotors();
  receiver = new FakeReceiver();
  publisher = new FakePublisher();
  passedMs = 0;
  supervisor = build();
});

afterEach(async () => {
  await supervisor.close();
  await journal.close();
  await rm(folder, { recursive: true });
});

describe('a reference', () => {
  test('is visited before the first cell and before the last, and travels with the point after it', async () => {
    await supervisor.start(handover());
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
    const [first] = await supervisor.replay(1, 0, 1);
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

  test('is visited again when its time has passed', async () => {
    // The reference is the first measurement, the cells are the following ones.
    receiver.script = (step) => {
      if (step === 3) passedMs += 10 * MINUTE_MS;
      return undefined;
    };
    await supervisor.start(handover());
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2), REFERENCE, ...cells(4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 3, 5]);
  });

  test('is visited once for a scan of one point', async () => {
    await supervisor.start(
      handover({
        bounds: { kind: 'rectangular', azStartDeg: 4, azEndDeg: 4, elStartDeg: 20, elEndDeg: 20, stepDeg: 2 },
      }),
    );
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(4)]);
    expect(brought()).toEqual([1]);
  });

  test('is visited on the turn of the cable that is near', async () => {
    const pointing = { azimuthDeg: 350, elevationDeg: 60 };
    await supervisor.start(handover({ reference: { pointing, everyMs: MINUTE_MS } }));
    await reaches('completed');
    expect(visits()[0]).toBe('az -10 el 60');
  });

  test('carries its own flags', async () => {
    receiver.script = () => undefined;
    const uncalibrated = { ...rotorConfig().receiver, dbmOffsetDb: undefined };
    await supervisor.start(handover({ rotor: rotorConfig({ receiver: uncalibrated }) }));
    await reaches('completed');
    expect(publisher.points[0]?.reference?.flags).toEqual(['uncalibrated']);
  });

  test('that is on its way is measured when its cell cannot be reached at first', async () => {
    const away = new SkyScanError('unavailable', 'rotctld does not answer');
    // The second slew is that to the first cell.
    rotors.script = (step) => (step === 2 ? away : undefined);
    await supervisor.start(handover());
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
  });

  test('that cannot be measured is a fault like any other, and said to be one of the reference', async () => {
    supervisor = build({ faultBudgetMs: 0 });
    receiver.script = (step) =>
      step === 1 ? new SkyScanError('hardware_fault', 'no signal at all') : undefined;
    await supervisor.start(handover());
    await reaches('paused');
    expect(supervisor.list()[0]?.notes).toContain('at the reference pointing az 90 el 60: no signal at all');
    await supervisor.resume(1);
    await reaches('completed');
    expect(brought()).toEqual([1, 5]);
  });

  test('is taken again after a pause that came while it was measured', async () => {
    receiver.script = (step) => (step === 1 ? 'hang' : undefined);
    await supervisor.start(handover());
    await until('it is being measured', () => rotors.slews.length === 1);
    await supervisor.pause(1);
    await reaches('paused');
    expect(publisher.points).toEqual([]);
    await supervisor.resume(1);
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, REFERENCE, ...cells(0, 2, 4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 5]);
  });

  test('that is forbidden for now suspends the session before it is pointed at', async () => {
    let sun = true;
    const conditions = {
      reason: (next: Pointing | undefined) =>
        sun && next?.elevationDeg === 60 ? 'the Sun is 3 deg away' : undefined,
    };
    supervisor = build({ conditions, suspendSettleMs: 10 });
    await supervisor.start(handover());
    await reaches('paused');
    expect(visits()).toEqual([]);
    expect(supervisor.list()[0]?.notes).toContain('the Sun is 3 deg away');
    sun = false;
    await reaches('completed');
    expect(brought()).toEqual([1, 5]);
  });

  test('is due again when the journal refuses the point that brought it', async () => {
    let refusals = 1;
    const full: Journal = {
      ...journal,
      appendPoint: (id, point) =>
        point.seq === 1 && refusals-- > 0
          ? Promise.reject(new SkyScanError('no_room', 'no space left on device'))
          : journal.appendPoint(id, point),
    };
    supervisor = build({ journal: full });
    await supervisor.start(handover());
    await reaches('paused');
    await supervisor.resume(1);
    await reaches('completed');
    expect(brought()).toEqual([1, 5]);
    expect(new Set(publisher.points.map(({ column }) => column)).size).toBe(5);
    expect(visits().filter((visit) => visit === REFERENCE)).toHaveLength(3);
  });

  test('is due at once after a restart', async () => {
    rotors.script = (step) => (step === 4 ? 'hang' : undefined);
    await supervisor.start(handover());
    await until('two points', () => publisher.points.length === 2);
    await supervisor.close();
    await journal.close();
    rotors = new FakeRotors();
    journal = await openJournal(folder, logger);
    supervisor = build();
    await supervisor.recover(await journal.loadSessions());
    await reaches('completed');
    expect(visits()).toEqual([REFERENCE, ...cells(4, 6), REFERENCE, ...cells(8)]);
    expect(brought()).toEqual([1, 3, 5]);
    expect(
      (await supervisor.replay(1, 0, 10)).flatMap(({ seq, reference }) => (reference ? [seq] : [])),
    ).toEqual([1, 3, 5]);
  });
});

test('a session says which receiver it measures with, while it runs', async () => {
  receiver.script = (step) => (step === 2 ? 'hang' : undefined);
  await supervisor.start(handover());
  await until('it measures', () => rotors.slews.length === 2);
  expect([supervisor.sessionUsing('default'), supervisor.sessionUsing('roof')]).toEqual([1, undefined]);
  await supervisor.cancel(1);
  await reaches('cancelled');
  expect(supervisor.sessionUsing('default')).toBeUndefined();
});
