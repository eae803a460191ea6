import { INTERFERENCE_VALUES, type InterferenceValue } from '#contract/interference-values';
import { OVERLAY_KINDS, type OverlayKind } from '#contract/known-sky-values';
import { PROJECTIONS } from '#contract/map-options';
import { STATISTICS, type Statistic } from '#shared/spectrum/point-spectrum';
import type { ProjectionName } from '#sky-map/projections';
import { MIN_SPAN_DB, type LevelRange } from '#sky-map/range';

/** A cell of the grid. */
export interface Cell {
  row: number;
  column: number;
}

/** A frequency range, Hz; from < to. */
export interface Band {
  fromHz: number;
  toHz: number;
}

/** The selection and the map settings in the address of a session page. */
export interface SelectionAddress {
  projection: ProjectionName | undefined;
  /** Whether the scan fills the map. */
  fit: boolean;
  /** Manual range. */
  range: LevelRange | undefined;
  /** The selected cell, which may lie outside the grid. */
  cell: Cell | undefined;
  /** Cells selected earlier, newest first. */
  pins: readonly Cell[];
  band: Band | undefined;
  statistic: Statistic;
  /** What the map shows of the interference in the whole band; not together with `band`. */
  interference: InterferenceValue | undefined;
  /** Number of the selected source, which may not exist. */
  source: number | undefined;
  /** Index of the band of the receiver whose spectra are shown, from 0. */
  bandIndex: number;
  /** Known objects on the map. */
  overlays: readonly OverlayKind[];
}

/** With the selected cell, the spectra of three cells are shown. */
const MAX_PINS = 2;
const DEFAULT_STATISTIC: Statistic = 'mean';

/**
 * Parses `?projection=polar&fit=true&range=-100,-80.5&cell=3,12&pins=4,5;6,7&source=3` and
 * `band=433050000,434790000&statistic=max&tuning=1` or `interference=mean_clean_dbm`; ignores
 * invalid values. `overlays=belt,passes`: known objects.
 */
export function parseSelection(query: URLSearchParams): SelectionAddress {
  const [min, max] = numbers(query.get('range'), /^-?\d{1,4}(\.\d{1,3})?$/);
  const [fromHz, toHz] = numbers(query.get('band'), /^\d{1,12}(\.\d)?$/);
  const cell = cellOf(query.get('cell'));
  const pins = (query.get('pins') ?? '').split(';').map(cellOf);
  const band = fromHz !== undefined && toHz !== undefined && fromHz < toHz ? { fromHz, toHz } : undefined;
  const source = query.get('source') ?? '';
  const tuning = query.get('tuning') ?? '';
  const overlays = (query.get('overlays') ?? '').split(',');
  return {
    projection: PROJECTIONS.find((name) => name === query.get('projection')),
    fit: query.get('fit') === 'true',
    range: min !== undefined && max !== undefined && max - min >= MIN_SPAN_DB ? { min, max } : undefined,
    cell,
    pins: cell ? pins.filter((pin) => pin !== undefined).slice(0, MAX_PINS) : [],
    band,
    statistic: STATISTICS.find((name) => name === query.get('statistic')) ?? DEFAULT_STATISTIC,
    interference: band ? undefined : INTERFERENCE_VALUES.find((name) => name === query.get('interference')),
    overlays: OVERLAY_KINDS.filter((kind) => overlays.includes(kind)),
    source: /^[1-9]\d{0,3}$/.test(source) ? Number(source) : undefined,
    bandIndex: /^\d{1,2}$/.test(tuning) ? Number(tuning) : 0,
  };
}

/** The query parameters of an address; undefined removes a parameter. */
export function selectionQuery(address: SelectionAddress): Record<string, string | undefined> {
  const { projection, fit, range, cell, pins, band, statistic, interference } = address;
  const { source, bandIndex, overlays } = address;
  return {
    projection,
    fit: fit ? 'true' : undefined,
    range: range && `${figure(range.min)},${figure(range.max)}`,
    cell: cell && cellText(cell),
    pins: pins.length > 0 ? pins.map(cellText).join(';') : undefined,
    band: band && bandFigures(band).join(','),
    statistic: statistic === DEFAULT_STATISTIC ? undefined : statistic,
    interference,
    source: source === undefined ? undefined : String(source),
    tuning: bandIndex === 0 ? undefined : String(bandIndex),
    overlays: overlays.length > 0 ? overlays.join(',') : undefined,
  };
}

/** The cells after another one is selected: it, then the earlier ones. */
export function selectCell(before: readonly Cell[], cell: Cell): Cell[] {
  return [cell, ...before.filter((one) => !isSameCell(one, cell))].slice(0, 1 + MAX_PINS);
}

export function isSameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return a?.row === b?.row && a?.column === b?.column;
}

function cellOf(text: string | null | undefined): Cell | undefined {
  const [row, column] = numbers(text ?? null, /^\d{1,7}$/);
  return row !== undefined && column !== undefined ? { row, column } : undefined;
}

function cellText({ row, column }: Cell): string {
  return `${row},${column}`;
}

/** Parses two numbers separated by a comma; empty for anything else. */
function numbers(text: string | null, form: RegExp): number[] {
  const parts = text?.split(',') ?? [];
  return parts.length === 2 && parts.every((part) => form.test(part)) ? parts.map(Number) : [];
}

function figure(value: number): string {
  return String(Number(value.toFixed(3)));
}

// Far below 0.1 Hz and above the rounding error of the largest frequency.
const ROUNDING = 1e-3;

/**
 * Both ends with 0.1 Hz, rounded inwards: the API refuses a range that is larger than the spectrum,
 * and a channel belongs to a range that contains its centre.
 */
export function bandFigures({ fromHz, toHz }: Band): [from: string, to: string] {
  return [String(Math.ceil(fromHz * 10 - ROUNDING) / 10), String(Math.floor(toHz * 10 + ROUNDING) / 10)];
}
