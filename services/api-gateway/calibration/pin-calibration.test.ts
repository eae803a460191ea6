import { expect, test } from 'vitest';
import type { Queryable } from '../store/queryable.ts';
import type { RotorFields } from '../store/rotors.ts';
import { calibrationWarnings, pinBands } from './pin-calibration.ts';

const BANDS = [
  { center_frequency_hz: 100e6, bandwidth_hz: 2e6 },
  { center_frequency_hz: 200e6, bandwidth_hz: 2e6 },
  { center_frequency_hz: 300e6, bandwidth_hz: 2e6 },
];
const ROTOR = { rssi_source: 'sdr', receiver: 'roof', site_id: 1, gain_db: 20, dbm_offset_db: null };
// Newest first.
const CALIBRATIONS = [
  { id: 3, ...BANDS[1], gain_db: 20, dbm_offset_db: -32, tuning_version: 2 },
  { id: 2, ...BANDS[1], gain_db: 20, dbm_offset_db: -31, tuning_version: 2 },
  { id: 1, ...BANDS[0], gain_db: 20, dbm_offset_db: -30, tuning_version: 1 },
];

function createDb(): Queryable & { queries: number } {
  const db = {
    queries: 0,
    query: <Row extends object>() => {
      db.queries++;
      return Promise.resolve(CALIBRATIONS as unknown as Row[]);
    },
  };
  return db;
}

const rotor = (change: object = {}) => ({ ...ROTOR, ...change }) as unknown as RotorFields;

test('each band has its newest current calibration, and they are read once', async () => {
  const db = createDb();
  const pinned = await pinBands(db, rotor(), BANDS, undefined);
  expect(pinned).toEqual([
    { ...BANDS[0], dbm_offset_db: null },
    { ...BANDS[1], dbm_offset_db: -32 },
    { ...BANDS[2], dbm_offset_db: null },
  ]);
  expect(db.queries).toBe(1);
});

test('the actual gain counts', async () => {
  const pinned = await pinBands(createDb(), rotor(), BANDS, 19);
  expect(pinned.map(({ dbm_offset_db }) => dbm_offset_db)).toEqual([null, null, null]);
});

test.each([
  ['set by the user', { dbm_offset_db: -5 }, -5],
  ['of a rotor that measures itself', { rssi_source: 'rotctld' }, null],
])('an offset %s applies to all bands without a query', async (_, change, expected) => {
  const db = createDb();
  const pinned = await pinBands(db, rotor(change), BANDS, undefined);
  expect(pinned.map(({ dbm_offset_db }) => dbm_offset_db)).toEqual([expected, expected, expected]);
  expect(await calibrationWarnings(db, rotor(change), BANDS, undefined)).toEqual([]);
  expect(db.queries).toBe(0);
});

test('each band without a current calibration has a warning, and calibrations are read once', async () => {
  const db = createDb();
  expect(await calibrationWarnings(db, rotor(), BANDS, undefined)).toEqual([
    expect.stringMatching(/calibration 1 of receiver roof was made with tuning_version 1/),
    expect.stringMatching(/receiver roof has no calibration for 300 MHz, 2 MHz of bandwidth and 20 dB/),
  ]);
  expect(db.queries).toBe(1);
});
