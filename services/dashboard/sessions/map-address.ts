import { PROJECTIONS } from '#contract/map-options';
import type { ProjectionName } from '#sky-map/projections';
import { MIN_SPAN_DB, type LevelRange } from '#sky-map/range';

/** The map settings in the address of a session page. */
export interface MapAddress {
  projection: ProjectionName | undefined;
  /** Whether the scan fills the map. */
  fit: boolean;
  /** Manual range. */
  range: LevelRange | undefined;
  /** The selected cell, which may lie outside the grid. */
  cell: { row: number; column: number } | undefined;
}

/** Parses `?projection=polar&fit=true&range=-100,-80.5&cell=3,12`; ignores invalid values. */
export function parseMapAddress(query: URLSearchParams): MapAddress {
  const [min, max] = numbers(query.get('range'), /^-?\d{1,4}(\.\d{1,3})?$/);
  const [row, column] = numbers(query.get('cell'), /^\d{1,7}$/);
  return {
    projection: PROJECTIONS.find((name) => name === query.get('projection')),
    fit: query.get('fit') === 'true',
    range: min !== undefined && max !== undefined && max - min >= MIN_SPAN_DB ? { min, max } : undefined,
    cell: row !== undefined && column !== undefined ? { row, column } : undefined,
  };
}

/** The query parameters of an address; undefined removes a parameter. */
export function mapQuery({ projection, fit, range, cell }: MapAddress): Record<string, string | undefined> {
  return {
    projection,
    fit: fit ? 'true' : undefined,
    range: range && `${figure(range.min)},${figure(range.max)}`,
    cell: cell && `${cell.row},${cell.column}`,
  };
}

/** Parses two numbers separated by a comma; empty for anything else. */
function numbers(text: string | null, form: RegExp): number[] {
  const parts = text?.split(',') ?? [];
  return parts.length === 2 && parts.every((part) => form.test(part)) ? parts.map(Number) : [];
}

function figure(value: number): string {
  return String(Number(value.toFixed(3)));
}
