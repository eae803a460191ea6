import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { parsePowerLine } from './power-line.ts';

const LINE =
  '2026-02-14, 02:00:15, 99000000, 101400000, 600000.00, 40, -15.00, -14.94, -14.82, -15.00, -15.00';

test('a line yields its bins without the repeated last value', () => {
  expect(parsePowerLine(LINE)).toEqual({
    endedUnixMs: Date.UTC(2026, 1, 14, 2, 0, 15),
    lowHz: 99e6,
    highHz: 101.4e6,
    stepHz: 600_000,
    transforms: 40,
    levelsDb: [-15, -14.94, -14.82, -15],
  });
});

test.each([
  ['nothing', ''],
  ['nan in the header', LINE.replace('600000.00', 'nan')],
  ['NaN', LINE.replace('-14.82', 'NaN')],
  ['1e999', LINE.replace('-14.82', '1e999')],
  ['a decimal comma', LINE.replace('-14.82', '-14,82')],
  ['an empty value', LINE.replace('-14.82', '')],
  ['no repeated value', LINE.replace(/, -15\.00$/, '')],
  ['one value too many', `${LINE}, -15.00`],
  ['half a line', LINE.slice(0, 60)],
  ['no transforms', LINE.replace(' 40,', ' 0,')],
  ['no step', LINE.replace('600000.00', '0.00')],
  ['another date', LINE.replace('2026-02-14', '14.02.2026')],
  ['a month 13', LINE.replace('2026-02-14', '2026-13-14')],
  ['an HTTP banner', 'HTTP/1.1 400 Bad Request, , , , , , , ,'],
])('%s is refused', (_, line) => {
  expect(() => parsePowerLine(line)).toThrow(SkyScanError);
});

test.each([
  ['nan', NaN],
  ['-nan', NaN],
  ['inf', NaN],
  ['-inf', -Infinity],
])('%s is a bin of its own, in the middle and at the end', (word, level) => {
  expect(parsePowerLine(LINE.replace('-14.82', word)).levelsDb).toEqual([-15, -14.94, level, -15]);
  expect(parsePowerLine(LINE.replace('-15.00, -15.00', `${word}, ${word}`)).levelsDb.at(-1)).toBe(level);
});

test('any text yields a level, no power or an overflow', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...LINE.split(/(?<=, )/), 'nan, ', '-inf, ', '1e999, '),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        for (const level of parsePowerLine(pieces.join('')).levelsDb) expect(level).not.toBe(Infinity);
      } catch (error) {
        expect(error).toBeInstanceOf(SkyScanError);
      }
    }),
  );
});
