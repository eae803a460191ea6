import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import type { MeasuredCell } from '../lib/cell-table.ts';
import { clockTime, degrees, flagText, level } from '../lib/format.ts';

type Labelled = Extract<StoredColumn, { label: string }>;

/** A row of the cell tooltip. */
export interface TooltipRow {
  label: string;
  text: string;
  /** Whether the row shows something that limits the accuracy of the levels. */
  warns: boolean;
}

// Levels first, then how and where they were measured; within a type, in column order.
const TYPES: Labelled['type'][] = ['number', 'count', 'time', 'pointing', 'flags'];
const LABELLED = TYPES.flatMap((type) =>
  STORED_COLUMNS.filter((column): column is Labelled => column.type === type && column.label !== undefined),
);

/** One row per label of the point columns, without empty rows. `unit` is the unit of the levels. */
export function tooltipRows(cell: MeasuredCell, unit: string): TooltipRow[] {
  const labels = [...new Set(LABELLED.map(({ label }) => label))];
  return labels.flatMap((label) => {
    const columns = LABELLED.filter((column) => column.label === label);
    // Only the last level of a row has the unit.
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
      return flagText(cell);
  }
}

function numberText(value: number | null, unit: string, levelUnit: string): string {
  if (value === null) return '';
  return unit === 'dBm' ? level(value, levelUnit).trim() : `${value.toFixed(2)} ${unit}`;
}
