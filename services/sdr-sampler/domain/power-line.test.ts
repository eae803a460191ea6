import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/errors';
import { parsePowerLine } from './power-line.ts';
import { expectedClipping, linePower, planSpan, spanArgument } from './power-span.ts';

const LINE =
  '2026-02-14, 02:00:15, 99000000, 101400000, 600000.00, 40, -15.00, -14.94, -14.82, -15.00, -15.00';

test('a line is its bins, without the one that is there twice', () => {
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
  ['nan', LINE.replace('-14.82', 'nan')],
  ['-nan', LINE.replace('-14.82', '-nan')],
  ['-inf', LINE.replace('-14.82', '-inf')],
  ['1e999', LINE.replace('-14.82', '1e999')],
  ['a decimal comma', LINE.replace('-14.82', '-14,82')],
  ['an empty value', LINE.replace('-14.82', '')],
  ['no doubled value', LINE.replace(/, -15\.00$/, '')],
  ['a value too many', `${LINE}, -15.00`],
  ['half a line', LINE.slice(0, 60)],
  ['no transforms', LINE.replace(' 40,', ' 0,')],
  ['no step', LINE.replace('600000.00', '0.00')],
  ['another date', LINE.replace('2026-02-14', '14.02.2026')],
  ['a month 13', LINE.replace('2026-02-14', '2026-13-14')],
  ['an HTTP banner', 'HTTP/1.1 400 Bad Request, , , , , , , ,'],
])('%s is refused', (_, line) => {
  expect(() => parsePowerLine(line)).toThrow(SkyScanError);
});

test('whatever the text, what comes out is finite', () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(...LINE.split(/(?<=, )/), 'nan, ', '-inf, ', '1e999, '),
  );
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      try {
        for (const level of parsePowerLine(pieces.join('')).levelsDb)
          expect(level).toSatisfy(Number.isFinite);
      } catch (error) {
        expect(error).toBeInstanceOf(SkyScanError);
      }
    }),
  );
});

test.each([
  // Narrow: off centre by 600 kHz, away from the bin that rtl_power overwrites.
  [1.42e9, 200_000, '1418200000:1420600000:9375', 256],
  [1.42e9, 2_400_000, '1418800000:1421200000:37500', 64],
  [1e8, 5_000, '98200000:100600000:586', 4_096],
])('a channel at %d Hz of %d Hz', (centreHz, bandwidthHz, argument, bins) => {
  const span = planSpan(centreHz, bandwidthHz);
  expect(spanArgument(span)).toBe(argument);
  expect(span.bins).toBe(bins);
});

test.each([
  [1e8, 2_400_001],
  [1e8, 4_687],
  [2.15e9, 1e6],
])('no channel at %d Hz of %d Hz', (centreHz, bandwidthHz) => {
  expect(() => planSpan(centreHz, bandwidthHz)).toThrow(SkyScanError);
});

test('a channel has its share of flat noise', () => {
  const span = planSpan(1.42e9, 240_000);
  const line = { ...parsePowerLine(LINE), lowHz: span.lowHz, highHz: span.highHz };
  const flat = { ...line, stepHz: 2.4e6 / span.bins, levelsDb: new Array<number>(span.bins).fill(-15) };
  const { channel, wholeSpan } = linePower(flat, span);
  expect(channel / wholeSpan).toBeCloseTo(0.1, 6);
});

test.each([
  [127.5, 0.3173],
  [63.75, 0.0455],
  [42.5, 0.0027],
  [10, 0],
  [0, 0],
])('noise of %d LSB rms clips a share of %d', (rmsLsb, share) => {
  expect(expectedClipping(rmsLsb)).toBeCloseTo(share, 4);
});
