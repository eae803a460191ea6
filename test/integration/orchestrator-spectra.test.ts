import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StreamedRead } from '../../services/scan-orchestrator/domain/sweep-spectra.ts';
import type { Handover } from '../../services/scan-orchestrator/engine/supervisor.ts';
import { SkyScanError } from '#shared/base/errors';
import { valueOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import { rotorConfig } from '../support/scan-fakes.ts';
import { cellsOf, createScanWorld, handover, SERPENTINE, type ScanWorld } from '../support/scan-world.ts';
import { sweepingHardware } from '../support/sweeping-fakes.ts';

// The real engine with a real journal and fake hardware: spectra and several tunings.

const CHANNELS = 64;
const spectrum = { channels: CHANNELS };
const bands = [1e8, 2e8, 3e8].map((centerFrequencyHz) => ({ centerFrequencyHz, bandwidthHz: 1e6 }));
const centers = (tunings: { centerFrequencyHz: number }[]) =>
  tunings.map(({ centerFrequencyHz }) => centerFrequencyHz / 1e8);

let world: ScanWorld;
const begin = (change: Partial<Handover> = {}) => world.supervisor.start(handover({ spectrum, ...change }));
const spectraOf = async (limit = 100) =>
  (await world.supervisor.replay(1, 0, limit, true)).map(({ spectra = [] }) => spectra);

/** Centre of the band and mean level of the middle channel of each spectrum. */
const facts = (spectra: readonly PointSpectrum[]) =>
  spectra.map(({ band, codes }) => [
    (band.firstChannelHz + 1e6) / 1e8,
    valueOf('mean', codes.mean?.[CHANNELS / 2] ?? NaN),
  ]);

afterEach(() => world.close());

describe('a scan that stops at every cell', () => {
  beforeEach(async () => {
    world = await createScanWorld();
  });

  test('keeps a spectrum with every point, across a restart', async () => {
    await begin();
    await world.untilStatus('completed');
    await world.restart();
    const points = await world.supervisor.replay(1, 0, 100, true);
    expect(points.map(({ seq, spectra = [] }) => [seq, facts(spectra)])).toEqual(
      SERPENTINE.map((_, k) => [k + 1, [[1, -90]]]),
    );
    expect(points[0]?.spectra?.[0]?.codes.min?.length).toBe(CHANNELS);
    // Only on request: they are large.
    expect((await world.supervisor.replay(1, 0, 1))[0]?.spectra).toBeUndefined();
  });

  test('measures every band at every point, and changes the frequency as seldom as possible', async () => {
    await begin({ bands });
    await world.untilStatus('completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
    expect(centers(world.receiver.measured)).toEqual([1, 2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1]);
    for (const spectra of await spectraOf())
      expect(facts(spectra)).toEqual([
        [1, -90],
        [2, -90],
        [3, -90],
      ]);
    // The level is that of the first band, which has the reads.
    expect(world.publisher.points.every(({ reads }) => reads === 2)).toBe(true);
  });

  test('measures a point again if the receiver fails at one of its bands', async () => {
    world.receiver.script = (step) => (step === 2 ? new SkyScanError('unavailable', 'no bytes') : undefined);
    await begin({ bands });
    await world.untilStatus('completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
    expect((await spectraOf()).map(({ length }) => length)).toEqual(SERPENTINE.map(() => 3));
  });

  test('answers with as many points as fit into a message', async () => {
    await begin({ spectrum: { channels: 4_096 }, bands: manyBands(16) });
    await world.untilStatus('completed');
    // 16 bands with 4,096 channels take 0.9 MB.
    expect(await spectraOf()).toHaveLength(3);
    expect(await world.supervisor.replay(1, 3, 100, true)).toMatchObject([
      { seq: 4 },
      { seq: 5 },
      { seq: 6 },
    ]);
    expect(await world.supervisor.replay(1, 0, 100)).toHaveLength(6);
    await world.supervisor.confirm(1, 6, world.view()?.revision ?? 0);
    expect(world.view()).toBeUndefined();
  });

  test('pauses when a spectrum has other channels than the first; its cell is measured again', async () => {
    const measure = world.receiver.measure.bind(world.receiver);
    let measured = 0;
    world.receiver.measure = async (tuning, ...rest) => {
      const other = { ...tuning, centerFrequencyHz: 1.5e8 };
      return measure(++measured === 3 ? other : tuning, ...rest);
    };
    await begin();
    await world.untilStatus('paused');
    expect(world.view()?.notes).toMatch(/: the receiver or its sample rate has changed$/);
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE.slice(0, 2));
    await world.supervisor.resume(1);
    await world.untilStatus('completed');
    expect(cellsOf(world.publisher.points)).toEqual(SERPENTINE);
  });

  test('measures the reference in the first band only', async () => {
    const reference = { pointing: { azimuthDeg: 2, elevationDeg: 30 }, everyMs: 3_600_000 };
    await begin({ bands, reference });
    await world.untilStatus('completed');
    expect(centers(world.receiver.measured)).toEqual([
      1, 1, 2, 3, 3, 2, 1, 1, 2, 3, 3, 2, 1, 1, 2, 3, 1, 1, 2, 3,
    ]);
  });
});

const motion = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const levelDb = (deg: number) => -100 + deg;
const COLUMNS = 11;
const ROWS = 3;
const onTheFly: Partial<Handover> = {
  bounds: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 20, elStartDeg: 20, elEndDeg: 24, stepDeg: 2 },
  rssiIterations: 5,
  mode: 'on_the_fly',
  rotor: rotorConfig({
    azimuth: motion,
    elevation: motion,
    settleMs: 500,
    receiver: { ...rotorConfig().receiver, readMs: 10 },
  }),
};

describe('a scan on the fly', () => {
  beforeEach(async () => {
    world = await createScanWorld(() => sweepingHardware({ motion, levelDb, readMs: 10 }));
  });

  test('has a spectrum per cell, from the reads that fell into it', async () => {
    await begin(onTheFly);
    await world.untilStatus('completed');
    const points = await world.supervisor.replay(1, 0, 100, true);
    expect(points).toHaveLength(33);
    for (const { meanDbm, spectra = [], reads } of points) {
      const [[, level = NaN] = []] = facts(spectra);
      // Reads are merged to chunks of an eighth of a cell at most, so the borders differ.
      expect(Math.abs(level - meanDbm)).toBeLessThan(0.1);
      // Ten transforms per read.
      expect(Math.abs((spectra[0]?.transforms ?? 0) / 10 - reads)).toBeLessThanOrEqual(8);
    }
    expect(world.rotors.slews).toEqual([]);
  });

  test('sweeps every row once per band, back and forth', async () => {
    await begin({ ...onTheFly, bands });
    await world.untilStatus('completed');
    expect(world.publisher.points).toHaveLength(33);
    expect(centers(world.receiver.streamed)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 3]);
    for (const spectra of await spectraOf())
      expect(facts(spectra).map(([center]) => center)).toEqual([1, 2, 3]);
    // To each row; the first row also back.
    expect(world.rotors.sweeps).toHaveLength(3 + 9 + 1);
    expect(world.rotors.slews).toEqual([]);
  });
});

describe('the spectra of a row', () => {
  // Reads so long that none are merged on arrival.
  const readMs = 25;
  const receiver = { ...rotorConfig().receiver, readMs };
  const rows: Partial<Handover> = { ...onTheFly, rotor: { ...rotorConfig(), ...onTheFly.rotor, receiver } };
  const hardware = () => sweepingHardware({ motion, levelDb, readMs });

  /** Grows with every read that enters the spectrum of a cell. */
  let merged: number;

  beforeEach(async () => {
    world = await createScanWorld(hardware);
    merged = 0;
    const stream = world.receiver.stream.bind(world.receiver);
    world.receiver.stream = (tuning, onRead, signal) =>
      stream(tuning, (read) => onRead(watched(read)), signal);
  });

  /** The number of transforms is not used before the spectrum of the cell is computed. */
  function watched({ spectrum: sums, ...read }: StreamedRead): StreamedRead {
    if (!sums) return read;
    const { transforms } = sums;
    const spectrum = {
      ...sums,
      get transforms() {
        merged++;
        return transforms;
      },
    };
    return { ...read, spectrum };
  }

  async function expectAllPoints(): Promise<void> {
    await world.untilStatus('completed');
    const points = await world.supervisor.replay(1, 0, 100, true);
    expect(points.map(({ seq }) => seq)).toEqual(Array.from({ length: ROWS * COLUMNS }, (_, k) => k + 1));
    expect(new Set(cellsOf(points)).size).toBe(ROWS * COLUMNS);
    for (const { meanDbm, spectra = [] } of points) {
      const [[, level = NaN] = []] = facts(spectra);
      expect(Math.abs(level - meanDbm)).toBeLessThan(0.1);
    }
  }

  test('are computed after the next sweep has begun, and recorded before the one after that', async () => {
    const states: { merged: number; recorded: number }[] = [];
    world.rotors.script = () => {
      states.push({ merged, recorded: world.publisher.points.length });
      return undefined;
    };
    await begin(rows);
    await expectAllPoints();
    // To the start of each row and over it; back over the first one.
    expect(states).toHaveLength(2 * ROWS + 1);
    expect(states[3]).toEqual({ merged: 0, recorded: 0 });
    expect(states[5]?.recorded).toBe(COLUMNS);
    expect(world.publisher.statuses.at(-1)).toMatchObject({ status: 'completed', completedPoints: 33 });
  });

  test('are recorded before a pause in the next sweep', async () => {
    world.rotors.script = (step) => {
      if (step === 5) void world.supervisor.pause(1);
      return step === 5 ? 'hang' : undefined;
    };
    await begin(rows);
    await world.untilStatus('paused');
    expect(world.publisher.points).toHaveLength(COLUMNS);
    await world.supervisor.resume(1);
    await expectAllPoints();
  });

  test('that a killed process has not recorded are measured again', async () => {
    const killed = await mkdtemp(join(tmpdir(), 'sky-scan-killed-'));
    const { journal } = world;
    world.rebuild({
      journal: {
        ...journal,
        async appendPoint(sessionId, point) {
          await journal.appendPoint(sessionId, point);
          // What is on the disk in the middle of the first row, during the sweep of the second one.
          if (point.seq === 4) cpSync(world.folder, killed, { recursive: true });
        },
      },
    });
    await begin(rows);
    await expectAllPoints();
    await world.close();
    world = await createScanWorld(hardware, killed);
    await rm(killed, { recursive: true });
    await world.supervisor.recover(await world.journal.loadSessions());
    expect(world.view()?.completedPoints).toBe(4);
    await expectAllPoints();
    expect(world.publisher.points[0]?.seq).toBe(5);
  });
});

function manyBands(count: number) {
  return Array.from({ length: count }, (_, k) => ({ centerFrequencyHz: (k + 1) * 1e8, bandwidthHz: 1e6 }));
}
