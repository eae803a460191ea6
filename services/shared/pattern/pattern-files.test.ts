import { expect, test } from 'vitest';
import { readMsi, writeMsi } from './msi.ts';
import { readNsma, writeNsma } from './nsma.ts';
import { wholeDegrees, type PatternCuts } from './pattern-cuts.ts';
import { readSplat, writeSplatAzimuth, writeSplatElevation } from './splat.ts';

/** An antenna whose cuts have no symmetry: a swapped direction changes it. */
const CUTS: PatternCuts = {
  name: 'Yagi on the roof',
  azimuthDb: Array.from({ length: 360 }, (_, k) => -k / 10),
  elevationDb: Array.from({ length: 360 }, (_, k) => (k === 0 ? 0 : -5 - k / 20)),
  gainDbi: 11.69,
  frequencyMhz: 1420,
};

test('an MSI file has attenuations clockwise and downwards', () => {
  const text = writeMsi(CUTS);
  const lines = text.split('\r\n');
  expect(lines).toContain('GAIN 11.69 dBi');
  const [horizontal, vertical] = [lines.indexOf('HORIZONTAL 360'), lines.indexOf('VERTICAL 360')];
  expect(lines[horizontal + 1 + 90]).toBe('90 9.00');
  // 90 degrees are straight down: 270 degrees upwards.
  expect(lines[vertical + 1 + 90]).toBe('90 18.50');
  const read = readMsi(text);
  expect(read).toMatchObject({ name: CUTS.name, gainDbi: 11.69, frequencyMhz: 1420 });
  for (const cut of ['azimuthDb', 'elevationDb'] as const)
    read[cut].forEach((gain, deg) => expect(gain).toBeCloseTo(CUTS[cut][deg] ?? NaN, 1));
});

test('a gain in an MSI file without unit is over a dipole', () => {
  expect(readMsi(writeMsi(CUTS).replace('11.69 dBi', '9.54')).gainDbi).toBeCloseTo(11.69, 9);
});

test.each([
  ['806-960', 883],
  ['806 - 960 MHz', 883],
  ['1.42 GHz', 1420],
  ['145500 kHz', 145.5],
  ['0.8 to 1 GHz', 900],
  ['', undefined],
])('the frequency "%s" of an MSI file is %s MHz', (text, mhz) => {
  const found = readMsi(writeMsi(CUTS).replace('1420.00', text)).frequencyMhz;
  if (mhz === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(mhz, 9);
});

test.each([
  ['every five degrees', 5, 0, 72],
  ['every half degree', 0.5, 0, 720],
  ['in fractions of degrees', 2.5, 1.25, 144],
  ['with both ends of the circle', 1, 0, 361],
])('an MSI file with angles %s has whole degrees between them', (_, step, first, count) => {
  const cut = (loss: (deg: number) => number) =>
    Array.from({ length: count }, (__, k) => first + k * step).map((deg) => `${deg} ${loss(deg % 360)}`);
  // Linear on both sides, and the same at both ends.
  const peaked = (deg: number) => Math.min(deg, 360 - deg) / 10;
  const lines = [`HORIZONTAL ${count}`, ...cut(peaked), `VERTICAL ${count}`, ...cut(peaked)];
  const { azimuthDb, elevationDb } = readMsi(['NAME x', ...lines].join('\n'));
  expect([azimuthDb.length, elevationDb.length]).toEqual([360, 360]);
  // Where the slope changes, half of a step may be cut off.
  azimuthDb.forEach((gain, deg) => expect(Math.abs(gain + peaked(deg))).toBeLessThanOrEqual(step / 10));
  for (const deg of [5, 90, 175, 185, 270, 355]) expect(azimuthDb[deg]).toBeCloseTo(-peaked(deg), 9);
});

test.each([
  [
    'a frequency in words',
    (text: string) => text.replace('1420.00', 'wideband'),
    /line 2: the frequency wideband/,
  ],
  [
    'angles that fall',
    (text: string) => text.replace('\r\n91 9.10', '\r\n89.5 9.10'),
    /the angle 89.5 deg does not rise/,
  ],
  [
    'an angle beyond the circle',
    (text: string) => text.replace('\r\n359 35.90', '\r\n361 35.90'),
    /361 deg .* 0..360/,
  ],
  [
    'a gap',
    (text: string) =>
      text.replace('HORIZONTAL 360', 'HORIZONTAL 350').replace(/(\r\n10[0-9] [\d.]+){10}/, ''),
    /no angles between 99 and 110 deg, at most 5/,
  ],
  [
    'too few angles',
    (text: string) => text.replace('HORIZONTAL 360', 'HORIZONTAL 12'),
    /12 angles, it must have 72/,
  ],
  [
    'a number of angles that is none',
    (text: string) => text.replace('HORIZONTAL 360', 'HORIZONTAL 1e9'),
    /it must have/,
  ],
])('an MSI file with %s is refused with the line and the reason', (_, change, reason) => {
  expect(() => readMsi(change(writeMsi(CUTS)))).toThrow(reason);
});

test.each([
  ['without a cut', (text: string) => text.slice(0, text.indexOf('VERTICAL'))],
  ['with a text for a number', (text: string) => text.replace('\r\n90 9.00', '\r\n90 x')],
  ['with a missing angle', (text: string) => text.replace('\r\n90 9.00', '')],
  ['of another format', () => writeNsma(CUTS)],
])('an MSI file %s is refused', (_, change) => {
  expect(() => readMsi(change(writeMsi(CUTS)))).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('an NSMA file has both cuts from -180 to 180 degrees, upwards, with CRLF', () => {
  const text = writeNsma(CUTS, { date: '2026-02-14', azimuthWidthDeg: 45.6 });
  expect(text.split('\n').every((line) => line === '' || line.endsWith('\r'))).toBe(true);
  expect(text).toContain('\r\nAZWIDT:,45.60\r\n');
  expect(text).toContain('\r\nDTDATA:,20260214\r\n');
  expect(text).toMatch(/ENDFIL:,EOF\r\n$/);
  const elevation = text.slice(text.indexOf('PATCUT:,EL'));
  expect(elevation).toContain('\r\nNUPOIN:,361\r\nFSTLST:,-180,180\r\n-180,-14.00,\r\n');
  expect(elevation).toContain('\r\n90,-9.50,\r\n');
  const read = readNsma(text);
  expect(read).toMatchObject({ name: CUTS.name, gainDbi: 11.69, frequencyMhz: 1420 });
  for (const cut of ['azimuthDb', 'elevationDb'] as const)
    read[cut].forEach((gain, deg) => expect(gain).toBeCloseTo(CUTS[cut][deg] ?? NaN, 1));
});

test('an NSMA file that is cut off, or is none, is refused', () => {
  const text = writeNsma(CUTS);
  expect(() => readNsma(text.slice(0, text.length / 2))).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  );
  expect(() => readNsma(writeMsi(CUTS))).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('SPLAT files have voltages; elevations from 10 degrees above to 90 below the horizon', () => {
  const azimuth = readSplat(writeSplatAzimuth(CUTS, 123.4));
  expect(azimuth.header).toEqual([123.4]);
  expect(azimuth.gains.get(60)).toBeCloseTo(-6, 4);
  const elevation = readSplat(writeSplatElevation(CUTS));
  expect(elevation.header).toEqual([0, 0]);
  expect([...elevation.gains.keys()]).toHaveLength(101);
  expect(elevation.gains.get(-10)).toBeCloseTo(-5.5, 4);
  expect(elevation.gains.get(90)).toBeCloseTo(-18.5, 4);
});

test('degrees that were not measured are refused, or filled with a given gain', () => {
  const cut = Array.from({ length: 41 }, (_, k) => ({ angleDeg: k - 20, gainDb: -Math.abs(k - 20) }));
  expect(() => wholeDegrees('azimuth', cut, undefined)).toThrow(/319 of 360 degrees of the azimuth cut/);
  const filled = wholeDegrees('azimuth', cut, -30);
  expect([filled[0], filled[20], filled[340], filled[180]]).toEqual([-0, -20, -20, -30]);
});
