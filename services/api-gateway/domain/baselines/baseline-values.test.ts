import { expect, test } from 'vitest';
import { baselineBands } from './bands.ts';
import { decodeFloats, encodeFloats } from './columns.ts';
import { isKnownObject, mayBecomeUsual } from './known.ts';
import { levelCodes } from './level-codes.ts';
import { maskedCells } from './mask.ts';

test('bands are the whole ones, the widest first, and 16 parts of those with spectra', () => {
  const tunings = [
    { center_frequency_hz: 1e8, bandwidth_hz: 1e6 },
    { center_frequency_hz: 2e8, bandwidth_hz: 2e6 },
  ];
  expect(baselineBands(tunings, new Map())).toEqual([
    { band: 1, from_hz: 199e6, to_hz: 201e6 },
    { band: 0, from_hz: 99.5e6, to_hz: 100.5e6 },
  ]);
  const parts = baselineBands(tunings, new Map([[0, { fromHz: 99.6e6, toHz: 100.4e6 }]])).slice(2);
  expect(parts).toHaveLength(16);
  expect(parts[0]).toEqual({ band: 0, from_hz: 99.6e6, to_hz: 99.65e6 });
  expect(parts.at(-1)?.to_hz).toBe(100.4e6);
});

test('levels are stored in hundredths of a decibel, without masked cells', () => {
  const codes = levelCodes([-90.126, NaN, 0.004, 400, -60], [4, 9]);
  const read = Array.from({ length: 5 }, (_, cell) => codes.readInt16LE(2 * cell));
  expect(read).toEqual([-9013, -32_768, 0, 32_767, -32_768]);
});

test('columns of numbers are read as they were written', () => {
  const columns = [
    [1, NaN, -0.5],
    [4, 5, 6],
  ];
  expect(decodeFloats(encodeFloats(columns), 2)).toEqual(columns.map((values) => Float32Array.from(values)));
  expect(decodeFloats(encodeFloats([[], []]), 2)).toEqual([new Float32Array(), new Float32Array()]);
});

test('cells of accepted anomalies enter the baseline, those of others do not', () => {
  const cells = { azimuthDeg: Float32Array.of(10, 11, 50, 51, 90), elevationDeg: new Float32Array(5) };
  const at = (azimuthDeg: number, isAccepted: boolean, fromAzimuth?: number) => ({
    azimuthDeg,
    elevationDeg: 0,
    isAccepted,
    from: fromAzimuth === undefined ? undefined : { azimuthDeg: fromAzimuth, elevationDeg: 0 },
  });
  const anomalous = [0, 1, 2, 3, 4];
  expect(maskedCells(anomalous, [at(10, false), at(50, false)], cells)).toEqual(anomalous);
  expect(maskedCells(anomalous, [at(10, true), at(50, false)], cells)).toEqual([2, 3, 4]);
  expect(maskedCells(anomalous, [at(10, false), at(50, true, 90)], cells)).toEqual([0, 1]);
  expect(maskedCells(anomalous, [], cells)).toEqual(anomalous);
});

test('objects are known by what they were identified as', () => {
  const as = (kind: string, identity: string | null = 'x') => ({
    identity,
    candidates: [{ name: 'x', kind }],
  });
  for (const kind of ['sun', 'moon', 'satellite', 'low_satellite', 'geostationary', 'emitter'])
    expect([kind, isKnownObject(as(kind)), isKnownObject(as(kind, null))]).toEqual([kind, true, false]);
  expect(isKnownObject(as('belt'))).toBe(false);
  // The Sun is elsewhere in the next session, whatever a user has marked.
  const accepted = ['sun', 'emitter'].map((kind) => mayBecomeUsual(true, as(kind)));
  expect([...accepted, mayBecomeUsual(false, as('emitter'))]).toEqual([false, true, false]);
});
