import { describe, expect, test } from 'vitest';
import { measurementSchema } from './measurement.ts';
import { POINT_COLUMNS, STORED_COLUMNS } from './point-columns.ts';
import { measurementOf, type PointRecord } from './point-record.ts';

const reference = {
  readback: { azimuthDeg: 180, elevationDeg: 80 },
  meanDbm: -95.1,
  stdDb: 0.02,
  reads: 10,
  flags: [],
  measuredAtMs: Date.UTC(2026, 1, 14),
};
const point: PointRecord = {
  seq: 7,
  row: 1,
  column: 2,
  setpoint: { azimuthDeg: 4, elevationDeg: 20 },
  readback: { azimuthDeg: 4.1, elevationDeg: 19.9 },
  meanDbm: -90,
  stdDb: 0.5,
  minDbm: -92,
  maxDbm: -88,
  lastDbm: -91,
  reads: 10,
  integrationMs: 100,
  flags: ['uncalibrated'],
  measuredAtMs: Date.UTC(2026, 1, 14, 0, 0, 1),
  reference,
  medianDbm: -90.5,
};

describe('the table of columns', () => {
  test('names every column once', () => {
    const names = POINT_COLUMNS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('converts a gRPC point to valid JSON', () => {
    const measurement = measurementOf(point);
    expect(Object.keys(measurement)).toEqual(STORED_COLUMNS.map(({ name }) => name));
    expect(measurement).toMatchObject({
      setpoint: { azimuth: 4, elevation: 20 },
      integration_ms: 100,
      measured_at: '2026-02-14T00:00:01.000Z',
      reference: { readback: { azimuth: 180, elevation: 80 }, mean_dbm: -95.1 },
      median_dbm: -90.5,
    });
    expect(measurementSchema.parse(measurement)).toEqual(measurement);
  });

  test('fills columns that an older version lacks with null', () => {
    const { medianDbm: _median, reference: _reference, ...older } = point;
    const measurement = measurementOf(older);
    expect(measurement).toMatchObject({ median_dbm: null, reference: null });
    expect(
      measurementSchema.parse(JSON.parse(JSON.stringify({ ...measurement, median_dbm: undefined }))),
    ).toEqual(measurement);
  });

  test('ignores a column of a newer version', () => {
    const measurement = measurementOf(point);
    expect(measurementSchema.parse({ ...measurement, mode_dbm: -90 })).toEqual(measurement);
  });

  test.each([
    ['an invalid date', { measuredAtMs: 1e300 }],
    ['a missing pointing', { readback: undefined }],
    ['a level that is not a number', { meanDbm: NaN }],
  ])('%s is refused', (_, change) => {
    expect(measurementSchema.safeParse(measurementOf({ ...point, ...change })).success).toBe(false);
  });
});
