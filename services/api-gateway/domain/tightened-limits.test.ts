import { describe, expect, test } from 'vitest';
import { tightenedLimit } from './tightened-limits.ts';

const then: Parameters<typeof tightenedLimit>[0] = {
  name: 'dish',
  host: '127.0.0.1',
  port: 4533,
  az_min: -90,
  az_max: 450,
  min_elevation: 5,
  max_elevation: 90,
  horizon: [
    [0, 10],
    [180, 20],
  ],
  keep_out: [{ az_start: 350, az_end: 10, el_min: 0, el_max: 30 }],
};

describe('a session may drive its rotor', () => {
  test.each<[string, Partial<typeof then>]>([
    ['unchanged', {}],
    ['under another name', { name: 'mast' }],
    ['with wider limits', { az_min: -180, az_max: 540, min_elevation: 0 }],
    ['with a lower mask', { horizon: [[0, 5]] }],
    ['without a mask', { horizon: [] }],
    ['without a keep-out', { keep_out: [] }],
  ])('%s', (_, change) => {
    expect(tightenedLimit(then, { ...then, ...change })).toBeUndefined();
  });
});

describe('a session may not drive its rotor', () => {
  test('once it is deleted', () => {
    expect(tightenedLimit(then, undefined)).toBe("rotor 'dish' has been deleted");
  });

  test.each<[Partial<typeof then>, string]>([
    [{ port: 4534 }, "rotor 'dish' is now at 127.0.0.1:4534; the session was planned for 127.0.0.1:4533"],
    [{ az_max: 360 }, 'the azimuth limits are now -90..360 deg; the session was planned for -90..450 deg'],
    [{ az_min: 0 }, 'the azimuth limits are now 0..450 deg; the session was planned for -90..450 deg'],
    [{ min_elevation: 6 }, 'the elevation limits are now 6..90 deg; the session was planned for 5..90 deg'],
    [{ max_elevation: 80 }, 'the elevation limits are now 5..80 deg; the session was planned for 5..90 deg'],
    [
      { keep_out: [{ az_start: 350, az_end: 11, el_min: 0, el_max: 30 }] },
      'the rotor has a keep-out sector that the session was planned without: az 350..11 deg el 0..30 deg',
    ],
    [
      {
        horizon: [
          [0, 10],
          [90, 16],
          [180, 20],
        ],
      },
      'the horizon mask at azimuth 90 deg is now 16 deg; the session was planned for 15 deg',
    ],
  ])('%o', (change, reason) => {
    expect(tightenedLimit(then, { ...then, ...change })).toBe(reason);
  });

  test('with a mask where there was none', () => {
    expect(tightenedLimit({ ...then, horizon: [] }, then)).toBe(
      'the horizon mask at azimuth 0 deg is now 10 deg; the session was planned without a mask',
    );
  });
});
