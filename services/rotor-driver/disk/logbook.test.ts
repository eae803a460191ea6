import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '#shared/runtime/logger';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { openLogbook } from './logbook.ts';

const logger = createLogger('test', 'silent');
let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logbook-'));
  path = join(folder, 'sub/in-hand.json');
});
afterEach(() => rm(folder, { recursive: true }));

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const rotor = (id: number): RotorConfig => ({
  id,
  name: 'roof',
  host: '127.0.0.1',
  port: 4533 + id,
  limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
  toleranceDeg: 1,
  settleMs: 0,
  azimuth: axis,
  elevation: axis,
  park: { azimuthDeg: 0, elevationDeg: 0 },
  parkAfterScan: false,
  rssiSource: 'none',
  receiver: { centerFrequencyHz: 1e9, bandwidthHz: 1e6, gainDb: 10, readMs: 10 },
  horizon: [],
  keepOut: [],
});

test('what is in hand when the process dies is known to the next one', () => {
  const logbook = openLogbook(path, logger);
  expect(logbook.leftover).toEqual([]);
  logbook.note(rotor(1), true);
  logbook.note(rotor(2), true);
  logbook.note(rotor(2), true);
  logbook.note(rotor(1), false);
  expect(openLogbook(path, logger).leftover).toMatchObject([rotor(2)]);
});

test('what was put down is forgotten', () => {
  const logbook = openLogbook(path, logger);
  logbook.note(rotor(1), true);
  logbook.note(rotor(1), false);
  expect(openLogbook(path, logger).leftover).toEqual([]);
});

test.each(['', 'garbage', '{}', '[null]', '[{"id":1}]'])('a file with %j is an empty one', async (text) => {
  const damaged = join(folder, 'damaged.json');
  await writeFile(damaged, text);
  expect(openLogbook(damaged, logger).leftover).toEqual([]);
});

test('a folder that cannot be written to does not stop the work', async () => {
  await writeFile(join(folder, 'file'), '');
  const logbook = openLogbook(join(folder, 'file/in-hand.json'), logger);
  expect(() => logbook.note(rotor(1), true)).not.toThrow();
});
