import { describe, expect, test } from 'vitest';
import { problemWithPoint, type PointFacts } from './point-check.ts';

// A sector through north: columns 350, 352, ... 10; two rows.
const bounds = {
  kind: 'rectangular' as const,
  azStartDeg: 350,
  azEndDeg: 10,
  elStartDeg: 18,
  elEndDeg: 20,
  stepDeg: 2,
};
const session = { bounds, rows: 2, columns: 11, totalPoints: 22, added: [] };
const point: PointFacts = {
  seq: 7,
  row: 1,
  column: 6,
  setpointAzDeg: 2,
  setpointElDeg: 20,
  readbackAzDeg: 2.3,
  readbackElDeg: 19.9,
  levelsDb: [-90, 1, -92, -88, -91],
  reads: 10,
  integrationMs: 100,
  flags: ['uncalibrated'],
  measuredAtMs: 1_771_034_415_000,
  reference: undefined,
};
const reference = {
  readbackAzDeg: 180,
  readbackElDeg: 60,
  levelsDb: [-95, 0.1],
  reads: 10,
  flags: ['clipped'],
  measuredAtMs: 1_771_034_410_000,
};

describe('a point', () => {
  test.each([
    ['as planned', {}],
    ['unwrapped by +360 deg', { setpointAzDeg: 362 }],
    ['unwrapped by -360 deg', { setpointAzDeg: -358 }],
    ['the last one', { seq: 22 }],
    ['with a reference', { reference }],
  ])('%s fits', (_, change) => {
    expect(problemWithPoint({ ...point, ...change }, session)).toBeUndefined();
  });

  test('around a source may have any setpoint, but only cells of the grid', () => {
    const around = { ...session, followsSource: true };
    const elsewhere = { ...point, setpointAzDeg: 123, setpointElDeg: 45 };
    expect(problemWithPoint(elsewhere, session)).toMatch(/^setpoint azimuth 123 deg is not column/);
    expect(problemWithPoint(elsewhere, around)).toBeUndefined();
    expect(problemWithPoint({ ...elsewhere, column: 99 }, around)).toMatch(/^column 99 is beyond/);
    expect(problemWithPoint({ ...elsewhere, seq: 9_999 }, around)).toBe('seq 9999 is beyond the grid');
  });

  test('of an equal-area grid is checked against the columns of its row', () => {
    const equal = {
      bounds: { ...bounds, kind: 'equal_area' as const, elStartDeg: 60, elEndDeg: 62 },
      rows: 2,
      columns: 6,
      totalPoints: 11,
      added: [],
    };
    const at = { ...point, row: 0, column: 5, setpointAzDeg: 10, setpointElDeg: 60 };
    expect(problemWithPoint(at, equal)).toBeUndefined();
    const high = { ...at, row: 1, column: 4, setpointAzDeg: 7.0405, setpointElDeg: 62 };
    expect(problemWithPoint(high, equal)).toBeUndefined();
    expect(problemWithPoint({ ...high, column: 5 }, equal)).toBe('column 5 is beyond 5 columns');
    expect(problemWithPoint({ ...high, seq: 12 }, equal)).toBe('seq 12 is beyond the grid');
    expect(problemWithPoint({ ...high, setpointAzDeg: 6 }, equal)).toMatch(
      /^setpoint azimuth 6 deg is not column 4/,
    );
  });

  test('after the grid is checked against the added points', () => {
    const added = Array.from({ length: 13 }, (_, i): [number, number] => [359 + i / 10, 19]);
    const refined = { ...session, totalPoints: 35, added };
    const last = { ...point, seq: 35, row: 3, column: 1, setpointAzDeg: 360.2, setpointElDeg: 19 };
    expect(problemWithPoint(last, refined)).toBeUndefined();
    expect(problemWithPoint(last, session)).toBe('seq 35 is beyond the grid');
    expect(problemWithPoint({ ...last, seq: 36 }, refined)).toBe('seq 36 is beyond the grid');
    expect(problemWithPoint({ ...last, column: 2 }, refined)).toBe(
      'point 13 after the grid is beyond 13 added points',
    );
    expect(problemWithPoint({ ...last, column: 11 }, refined)).toBe('column 11 is beyond 11 columns');
    expect(problemWithPoint({ ...last, column: 0 }, refined)).toMatch(
      /^setpoint azimuth 360.2 deg is not column 0/,
    );
  });

  test.each([
    [{ seq: 23 }, 'seq 23 is beyond the grid'],
    [{ row: 2 }, 'row 2 is beyond 2 rows'],
    [{ column: 11 }, 'column 11 is beyond 11 columns'],
    [{ setpointAzDeg: 4 }, 'setpoint azimuth 4 deg is not column 6 (362 deg)'],
    [{ setpointElDeg: 18 }, 'setpoint elevation 18 deg is not row 1 (20 deg)'],
    [{ readbackElDeg: 1e6 }, 'readback is not a valid pointing'],
    [{ levelsDb: [-1e4] }, 'a level is beyond 1000 dB'],
    [{ reads: 1_000_001 }, '1000001 reads are more than 1000000'],
    [{ reference: { ...reference, readbackElDeg: 1e6 } }, 'reference: readback is not a valid pointing'],
    [{ reference: { ...reference, levelsDb: [-1e4] } }, 'reference: a level is beyond 1000 dB'],
    [{ reference: { ...reference, flags: ['Clipped,'] } }, 'reference: a flag is not a lower-case word'],
    [{ reference: { ...reference, measuredAtMs: NaN } }, 'reference: measured before 1970'],
    [{ integrationMs: 1e12 }, 'integration is longer than a day'],
    [{ flags: ['a,b'] }, 'a flag is not a lower-case word'],
    [{ measuredAtMs: -1 }, 'measured before 1970'],
    [{ measuredAtMs: NaN }, 'measured before 1970'],
  ])('%j does not', (change, problem) => {
    expect(problemWithPoint({ ...point, ...change }, session)).toBe(problem);
  });
});
