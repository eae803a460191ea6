import { expect, test } from 'vitest';
import { clockTime } from '../lib/format.ts';
import { cellOf, pointAt } from '../testing/sessions.ts';
import { tooltipRows } from './tooltip-rows.ts';

test('the tooltip has one row per label and shows the unit of the levels once', () => {
  const cell = cellOf(pointAt(3, 8));
  const time = clockTime(cell.measuredAtMs, { seconds: true });
  expect(tooltipRows(cell, 'dBFS').map(({ label, text }) => [label, text])).toEqual([
    ['spread', '0.55 dB'],
    ['lowest, highest', '\u2212101.6, \u221297.6 dBFS'],
    ['median', '\u2212100.1 dBFS'],
    ['reads', '5'],
    ['measured', time],
    ['rotor at', 'az 2.25° el 9.50°'],
    ['flags', 'clipped'],
  ]);
});

test('only the row of flags warns, and only a cell with flags has it', () => {
  expect(tooltipRows(cellOf(pointAt(1, 8)), 'dBFS').some(({ warns }) => warns)).toBe(false);
  const warning = tooltipRows(cellOf(pointAt(3, 8)), 'dBFS').filter(({ warns }) => warns);
  expect(warning.map(({ label }) => label)).toEqual(['flags']);
});

test('null values have no row', () => {
  expect(tooltipRows(cellOf(pointAt(4, 8)), 'dBFS').map(({ label }) => label)).not.toContain('median');
});
