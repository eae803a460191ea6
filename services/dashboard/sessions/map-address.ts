import { PROJECTIONS } from '#contract/map-options';
import type { ProjectionName } from '#sky-map/projections';
import { LEAST_SPAN_DB, type LevelRange } from '#sky-map/range';

/** How the map of a session is looked at, as far as its address says so. */
export interface MapAddress {
  projection: ProjectionName | undefined;
  /** Whether the scan fills the picture. */
  fit: boolean;
  /** Set by hand. */
  range: LevelRange | undefined;
  /** The chosen cell; whether the grid has it is not known here. */
  cell: { row: number; column: number } | undefined;
}

/**
 * Reads `?projection=polar&fit=true&range=-100,-80.5&cell=3,12`; what makes no sense counts as
 * absent.
 */
export function parseMapAddress(query: URLSearchParams): MapAddress {
  const [min, max] = numbers(query.get('range'), /^-?\d{1,4}(\.\d{1,3})?$/);
  const [row, column] = numbers(query.get('cell'), /^\d{1,7}$/);
  return {
    projection: PROJECTIONS.find((name) => name === query.get('projection')),
    fit: query.get('fit') === 'true',
    range: min !== undefined && max !== undefined && max - min >= LEAST_SPAN_DB ? { min, max } : undefined,
    cell: row !== undefined && column !== undefined ? { row, column } : undefined,
  };
}

/** The parameters that say this; undefined: none. */
export function mapQuery({ projection, fit, range, cell }: MapAddress): Record<string, string | undefined> {
  return {
    projection,
    fit: fit ? 'true' : undefined,
    range: range && `${figure(range.min)},${figure(range.max)}`,
    cell: cell && `${cell.row},${cell.column}`,
  };
}

/** Two numbers with a comma between; empty for anything else. */
function numbers(text: string | null, form: RegExp): number[] {
  const words = text?.split(',') ?? [];
  return words.length === 2 && words.every((word) => form.test(word)) ? words.map(Number) : [];
}

function figure(value: number): string {
  return String(Number(value.toFixed(3)));
}
