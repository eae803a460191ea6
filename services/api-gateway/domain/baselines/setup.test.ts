import { describe, expect, it } from 'vitest';
import { cellsOf, eachCell, misfitOf, setupOf, type SessionFacts } from './setup.ts';

const FACTS: SessionFacts = {
  session_id: 7,
  points: 100,
  total_points: 100,
  rotor_id: 1,
  rssi_source: 'sdr',
  receiver: 'default',
  bands: [{ center_frequency_hz: 1e8, bandwidth_hz: 2e6 }],
  gain_db: 20,
  bias_tee: false,
  beam_width_deg: 8,
  scan_mode: 'step',
  is_calibrated: false,
  has_spectra: false,
  area: { kind: 'rectangular', azStartDeg: 0, azEndDeg: 90, elStartDeg: 10, elEndDeg: 40, stepDeg: 5 },
};
const BASELINE = { setup: setupOf(FACTS), rotor_id: 1 };
const area = (change: object) => ({ area: { ...FACTS.area, ...change } });

describe('a session fits a baseline', () => {
  it.each([
    ['the same', {}],
    ['80 % of its points', { points: 80 }],
    ['spectra that the baseline does not have', { has_spectra: true }],
    ['a part of the area, in other steps', area({ azStartDeg: 80, azEndDeg: 200, stepDeg: 4 })],
    ['an area through north', area({ azStartDeg: 300, azEndDeg: 2 })],
    ['a session of an old version', { bias_tee: undefined }],
  ])('%s', (_name, change) => {
    expect(misfitOf(BASELINE, { ...FACTS, ...change })).toBeUndefined();
  });
});

describe('a session does not fit', () => {
  it.each([
    ['its rotor is 2; in the baseline it is 1', { rotor_id: 2 }],
    ['its receiver is second; in the baseline it is default', { receiver: 'second' }],
    ['its source of levels is rotctld; in the baseline it is sdr', { rssi_source: 'rotctld' }],
    ['its number of bands is 2; in the baseline it is 1', { bands: [...FACTS.bands, ...FACTS.bands] }],
    [
      'its frequency is 101000000 Hz; in the baseline it is 100000000 Hz',
      { bands: [{ center_frequency_hz: 1.01e8, bandwidth_hz: 2e6 }] },
    ],
    [
      'its bandwidth is 1000000 Hz; in the baseline it is 2000000 Hz',
      { bands: [{ center_frequency_hz: 1e8, bandwidth_hz: 1e6 }] },
    ],
    ['its gain is not set; in the baseline it is 20 dB', { gain_db: null }],
    ['its bias tee is on; in the baseline it is off', { bias_tee: true }],
    ['its beam width is 10 deg; in the baseline it is 8 deg', { beam_width_deg: 10 }],
    ['its scan mode is on_the_fly; in the baseline it is step', { scan_mode: 'on_the_fly' }],
    ['its unit of levels is dBm; in the baseline it is dBFS', { is_calibrated: true }],
    ['its area has no part of the area of the baseline', area({ azStartDeg: 100, azEndDeg: 200 })],
    ['its area has no part of the area of the baseline', area({ elStartDeg: 50, elEndDeg: 80 })],
    ['it has no points', { points: 0 }],
    ['it has 300000 points; at most 200000 can be compared', { total_points: 300_000 }],
  ])('%s', (reason, change) => {
    expect(misfitOf(BASELINE, { ...FACTS, ...change })).toEqual({ reason, isFinal: true });
  });

  it('without the spectra of the others', () => {
    const baseline = { ...BASELINE, setup: { ...BASELINE.setup, has_spectra: true } };
    expect(misfitOf(baseline, FACTS)?.reason).toBe('it has no spectra; the sessions of the baseline do');
  });

  it('incomplete, unless a user includes it', () => {
    const reason = 'it has only 79 of 100 points; 80 % are needed';
    expect(misfitOf(BASELINE, { ...FACTS, points: 79 })).toEqual({ reason, isFinal: false });
  });

  it('as the first one of another rotor', () => {
    expect(misfitOf({ setup: null, rotor_id: 2 }, FACTS)?.reason).toBe(
      'its rotor is 1; in the baseline it is 2',
    );
    expect(misfitOf({ setup: null, rotor_id: 1 }, FACTS)).toBeUndefined();
  });
});

it.each(['rectangular', 'equal_area'] as const)('the cells of a %s grid are in its order', (kind) => {
  const grid = { kind, azStartDeg: 350, azEndDeg: 20, elStartDeg: 0, elEndDeg: 80, stepDeg: 10 };
  const cells = cellsOf(grid);
  expect([cells.azimuthDeg[0], cells.azimuthDeg[1], cells.elevationDeg[1]]).toEqual([350, 0, 0]);
  let last = -1;
  eachCell(grid, (index, row) => {
    expect([index, cells.elevationDeg[index]]).toEqual([last + 1, 10 * row]);
    last = index;
  });
  expect(last).toBe(cells.azimuthDeg.length - 1);
});
