import { describe, expect, test } from 'vitest';
import { createElementsReader, readElements } from './elements-reader.ts';

const OMM = {
  OBJECT_NAME: 'MADE UP, "ONE"',
  OBJECT_ID: '2026-001A',
  EPOCH: '2026-11-29T12:00:00.000000',
  MEAN_MOTION: 15.2,
  ECCENTRICITY: 0.001,
  INCLINATION: 53,
  RA_OF_ASC_NODE: 120.5,
  ARG_OF_PERICENTER: 10,
  MEAN_ANOMALY: 20,
  NORAD_CAT_ID: 123456,
  ELEMENT_SET_NO: 1,
  BSTAR: 0.0001,
  MEAN_MOTION_DOT: 0,
  MEAN_MOTION_DDOT: 0,
};

function withChecksum(line: string): string {
  const sum = Array.from(line).reduce((s, c) => s + (c === '-' ? 1 : /\d/.test(c) ? Number(c) : 0), 0);
  return `${line}${sum % 10}`;
}

function tle(number: string): string {
  return [
    'MADE UP 2',
    withChecksum(`1 ${number}U 26001A   26333.50000000  .00001000  00000-0  12345-4 0  999`),
    withChecksum(`2 ${number}  53.0000 120.5000 0010000  10.0000  20.0000 15.20000000    1`),
  ].join('\n');
}

function csv(records: readonly Record<string, unknown>[]): string {
  const columns = Object.keys(OMM);
  const cell = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  return [columns.join(','), ...records.map((r) => columns.map((c) => cell(r[c])).join(','))].join('\r\n');
}

describe('the reader of orbital elements', () => {
  test.each([
    ['JSON', JSON.stringify([OMM, OMM])],
    ['JSON, one object per line', `${JSON.stringify(OMM)}\n${JSON.stringify(OMM)}`],
    [
      'JSON with numbers as texts',
      JSON.stringify([OMM, { ...OMM, MEAN_MOTION: '15.2', NORAD_CAT_ID: '123456' }]),
    ],
    ['CSV', csv([OMM, OMM])],
  ])('reads OMM as %s, in one piece and character by character', (_, text) => {
    const whole = readElements(text);
    const reader = createElementsReader();
    for (const character of text) reader.push(character);
    expect(reader.finish()).toEqual(whole);
    expect(whole).toMatchObject({ skipped: 0, firstReason: undefined });
    expect(whole.satellites).toHaveLength(2);
    expect(whole.satellites[1]).toMatchObject({ ...OMM, EPOCH: '2026-11-29T12:00:00.000Z' });
  });

  test.each([
    ['12345', 12345],
    ['A0000', 100000],
    ['J2931', 182931],
    ['Z9999', 339999],
  ])('reads TLE with the number %s as %d', (text, number) => {
    const { satellites, skipped } = readElements(tle(text));
    expect(skipped).toBe(0);
    expect(satellites).toHaveLength(1);
    expect(satellites[0]).toMatchObject({
      ...OMM,
      OBJECT_NAME: 'MADE UP 2',
      OBJECT_ID: '26001A',
      NORAD_CAT_ID: number,
      EPOCH: '2026-11-29T12:00:00.000Z',
      BSTAR: 0.000012345,
      ELEMENT_SET_NO: 999,
      MEAN_MOTION_DOT: 0.00001,
    });
  });

  test.each([
    ['a missing element', JSON.stringify([{ ...OMM, INCLINATION: '' }, OMM]), 'INCLINATION'],
    ['no time', JSON.stringify([{ ...OMM, EPOCH: 'soon' }, OMM]), 'EPOCH soon is not a time'],
    ['no JSON', `[{"NORAD_CAT_ID": nothing}, ${JSON.stringify(OMM)}]`, 'JSON'],
    ['a cut line of CSV', `${csv([OMM])}\n1,2,3`, '3 values in a line with 14 columns'],
    ['a cut array', `[${JSON.stringify(OMM)},{"NORAD_CAT_ID":`, 'the last record has no end'],
    ['a wrong checksum', `${tle('12345').slice(0, -1)}x\n${tle('12346')}`, 'checksum x is not'],
    [
      'a missing second line',
      `${tle('12345').split('\n').slice(0, 2).join('\n')}\n${tle('12346')}`,
      'first line',
    ],
    ['a letter that is not used', `${tle('I0000')}\n${tle('12346')}`, 'NORAD_CAT_ID NaN'],
    ['other text', `<html>\n<p>\n${tle('12346')}`, '"<html>" is not a line of elements'],
  ])('skips records with %s and keeps the reason', (_, text, reason) => {
    const { satellites, skipped, firstReason } = readElements(text);
    expect(satellites).toHaveLength(1);
    expect(skipped).toBeGreaterThan(0);
    expect(firstReason).toContain(reason);
  });

  test('finds nothing in an empty file', () => {
    expect(readElements(' \n')).toEqual({ satellites: [], skipped: 0, firstReason: undefined });
  });

  test('refuses more than 64 MiB as soon as they are exceeded', () => {
    const reader = createElementsReader();
    const mebibyte = 'garbage of some length\n'.repeat(2 ** 20 / 23);
    expect(() => {
      for (let k = 0; k < 100; k++) reader.push('\n'.repeat(mebibyte.length + 50));
    }).toThrow('MiB are more than 64 MiB');
  });

  test('refuses more than 100,000 records', () => {
    const reader = createElementsReader();
    reader.push('[');
    expect(() => {
      for (let k = 0; k < 1_001; k++) reader.push('{},'.repeat(100));
    }).toThrow('more than 100000 records');
  });

  test('skips a record without end instead of keeping it', () => {
    const reader = createElementsReader();
    for (let k = 0; k < 20; k++) reader.push(`${k === 0 ? '{"' : ''}${'x'.repeat(10_000)}`);
    const { firstReason } = reader.finish();
    expect(firstReason).toContain('longer than 65536 characters');
  });
});
