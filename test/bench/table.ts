import type { Figure, Goal, RowResult } from './row.ts';

/** A row with the conditions of its measurement. */
export interface MeasuredRow {
  name: string;
  /** `failed`: the error. */
  result: RowResult | { failed: string };
  /** Load average of the last minute. */
  load: { start: number; end: number };
  seconds: number;
}

const HEAD = ['row', 'figure', 'value', 'unit', 'goal', '', 'load'];
const RIGHT = new Set([2]);

/** A Markdown table with one line per figure. */
export function formatTable(rows: readonly MeasuredRow[]): string {
  const lines = [HEAD, ...rows.flatMap(linesOf)];
  const widths = HEAD.map((_, i) => Math.max(3, ...lines.map((cells) => cells[i]?.length ?? 0)));
  const show = (cells: string[]) =>
    `| ${widths.map((width, i) => (RIGHT.has(i) ? (cells[i] ?? '').padStart(width) : (cells[i] ?? '').padEnd(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (RIGHT.has(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [show(head), rule, ...body.map(show)].join('\n');
}

/** `12 of 14 goals reached, 1 row not available` */
export function formatSummary(rows: readonly MeasuredRow[]): string {
  const withGoal = rows.flatMap(({ result }) =>
    Array.isArray(result) ? result.filter(({ reached }) => reached !== undefined) : [],
  );
  const reached = withGoal.filter((found) => found.reached);
  const count = (key: string) => rows.filter(({ result }) => key in result).length;
  const parts = [`${reached.length} of ${withGoal.length} goals reached`];
  if (count('notAvailable') > 0) parts.push(`${count('notAvailable')} rows not available`);
  if (count('failed') > 0) parts.push(`${count('failed')} rows failed`);
  return parts.join(', ');
}

function linesOf({ name, result, load }: MeasuredRow): string[][] {
  const loads = `${load.start.toFixed(1)} to ${load.end.toFixed(1)}`;
  if ('failed' in result) return [[name, `failed: ${result.failed}`, '', '', '', '', loads]];
  if ('notAvailable' in result)
    return [[name, `not available: ${result.notAvailable}`, '', '', '', '', loads]];
  return result.map((found, i) => [
    i === 0 ? name : '',
    found.name,
    formatValue(found),
    found.unit,
    found.goal ? formatGoal(found.goal) : '',
    found.reached === undefined ? '' : found.reached ? 'reached' : 'NOT reached',
    i === 0 ? loads : '',
  ]);
}

/** Ratios around 1 with three decimals, other values with three significant digits. */
function formatValue({ value, unit }: Figure): string {
  if (!Number.isFinite(value)) return String(value);
  if (unit === '' && Math.abs(value) < 10) return value.toFixed(3);
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function formatGoal(goal: Goal): string {
  if ('max' in goal) return `<= ${goal.max}`;
  if ('min' in goal) return `>= ${goal.min}`;
  return `exactly ${goal.exactly}`;
}
