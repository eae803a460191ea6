import { expect, test } from 'vitest';
import { barChart } from './bar-chart.ts';

const ends = ['1', '4'] as const;
const label = (value: number) => `${value} dB`;

test('bars end at their value; unknown ones are empty', () => {
  expect(barChart({ values: [-100, null, -93, -85], width: 80, height: 2, label, ends })).toEqual([
    ' -85 dB    █',
    '-100 dB ▁ ██',
    '        1  4',
  ]);
});

test('values that share a column show the highest', () => {
  expect(barChart({ values: [0, 7, 0, 0], width: 2, height: 1, label: String, ends })).toEqual([
    '7 █▁',
    '  1 4',
  ]);
});

test('equal values have the lowest bar; without values there is no chart', () => {
  expect(barChart({ values: [3, 3], width: 5, height: 1, label: String, ends })).toEqual(['3 ▁▁', '  1 4']);
  expect(barChart({ values: [null, null], width: 5, height: 3, label, ends })).toEqual([]);
});
