import { expect, test } from 'vitest';
import { clockTime } from '../lib/format.ts';
import { cellOf, pointAt } from '../testing/sessions.ts';
import { tipRows } from './tip-rows.ts';

test('the tooltip has a row for each label, the unit of the levels once', () => {
  const cell = cellOf(pointAt(3, 8));
  const time = clockTime(cell.measuredAtMs, { seconds: true });
  expect(tipRows(cell, 'dBFS').map(({ label, text }) => [label, text])).toEqual([
    ['spread', '0.55 dB'],
    ['lowest, highest', '\u2212101.6, \u221297.6 dBFS'],
    ['median', '\u2212100.1 dBFS'],
    ['reads', '5'],
    ['measured', time],
    ['rotor at', 'az 2.25° el 9.50°'],
    ['flags', 'clipped'],
  ]);
});

test('a cell without flags has no row of flags, and only that row warns', () => {
  expect(tipRows(cellOf(pointAt(1, 8)), 'dBFS').some(({ warns }) => warns)).toBe(false);
  const warning = tipRows(cellOf(pointAt(3, 8)), 'dBFS').filter(({ warns }) => warns);
  expect(warning.map(({ label }) => label)).toEqual(['flags']);
});

test('a value that is null has no row', () => {
  expect(tipRows(cellOf(pointAt(4, 8)), 'dBFS').map(({ label }) => label)).not.toContain('median');
});
