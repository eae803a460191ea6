import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import type { MeasuredCell } from '../lib/cell-table.ts';
import { clockTime, degrees, flagWords, level } from '../lib/format.ts';

type Labelled = Extract<StoredColumn, { label: string }>;

/** A row of the tooltip of a cell. */
export interface TipRow {
  label: string;
  text: string;
  /** It limits the trust in the levels. */
  warns: boolean;
}

// Levels first, then how and where they were measured; within a type in the order of the table.
const TYPES: Labelled['type'][] = ['number', 'count', 'time', 'pointing', 'flags'];
const LABELLED = TYPES.flatMap((type) =>
  STORED_COLUMNS.filter((column): column is Labelled => column.type === type && column.label !== undefined),
);

/**
 * A row for each label of the table of columns, but for those without a value. `unit`: of the
 * levels.
 */
export function tipRows(cell: MeasuredCell, unit: string): TipRow[] {
  const labels = [...new Set(LABELLED.map(({ label }) => label))];
  return labels.flatMap((label) => {
    const columns = LABELLED.filter((column) => column.label === label);
    // The unit stands once, behind the last level.
    const texts = columns.map((column, k) => textOf(column, cell, k + 1 < columns.length ? '' : unit));
    const text = texts.filter((one) => one !== '').join(', ');
    return text === '' ? [] : [{ label, text, warns: columns.some(({ type }) => type === 'flags') }];
  });
}

function textOf(column: Labelled, cell: MeasuredCell, unit: string): string {
  switch (column.type) {
    case 'count':
      return String(cell[column.name]);
    case 'number':
      return numberText(cell[column.name], column.unit, unit);
    case 'time':
      return clockTime(cell.measuredAtMs, { seconds: true });
    case 'pointing': {
      const { azimuth, elevation } = cell[column.name];
      return `az ${degrees(azimuth, 2)} el ${degrees(elevation, 2)}`;
    }
    case 'flags':
      return flagWords(cell);
  }
}

function numberText(value: number | null, unit: string, levelUnit: string): string {
  if (value === null) return '';
  return unit === 'dBm' ? level(value, levelUnit).trim() : `${value.toFixed(2)} ${unit}`;
}
