import { describe, expect, test } from 'vitest';
import { parseBand, parseFrequency } from './frequencies.ts';

describe('a frequency', () => {
  test.each([
    ['1090M', 1_090_000_000],
    ['1.42G', 1_420_000_000],
    ['868.3MHz', 868_300_000],
    ['868300k', 868_300_000],
    ['433920000', 433_920_000],
    ['.5g', 500_000_000],
  ])('%s', (text, hertz) => expect(parseFrequency('centre', text)).toBe(hertz));

  test.each(['', 'M', '1,09G', '-1M', '0', '1e6', '1T', '1 M', 'NaN', 'Infinity'])('not "%s"', (text) => {
    expect(() => parseFrequency('centre', text)).toThrow(`centre "${text}" must be a frequency above 0 Hz`);
  });
});

test('bands are collected', () => {
  const first = { center_frequency_hz: 1_090_000_000, bandwidth_hz: 2_000_000 };
  expect(parseBand('1090M/2M')).toEqual([first]);
  expect(parseBand('868.3M/250k', [first])).toEqual([
    first,
    { center_frequency_hz: 868_300_000, bandwidth_hz: 250_000 },
  ]);
});

test.each(['1090M', '1090M/', '1090M/2M/1', '1090M-2M'])('"%s" is no band', (text) => {
  expect(() => parseBand(text)).toThrow('It must look like CENTRE/BANDWIDTH: 1090M/2M.');
});
