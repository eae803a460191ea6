const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** A chart of vertical bars. */
export interface BarChart {
  /** From left to right; null: not known. */
  values: readonly (number | null)[];
  /** Size of the bars in characters. */
  width: number;
  height: number;
  /** Text of a value on the axis. */
  label: (value: number) => string;
  /** Texts below the first and the last bar. */
  ends: readonly [first: string, last: string];
}

/**
 * The lines of a chart, with the highest and the lowest value on its axis. Values that share a
 * column show the highest of them.
 */
export function barChart({ values, width, height, label, ends: [first, last] }: BarChart): string[] {
  const columns = highestOf(values, Math.max(1, Math.min(width, values.length)));
  const known = columns.filter((value) => value !== null);
  if (known.length === 0) return [];
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const scale = (8 * height - 1) / Math.max(highest - lowest, Number.EPSILON);
  // A known value has at least an eighth of a character.
  const eighths = columns.map((value) => (value === null ? 0 : 1 + Math.round((value - lowest) * scale)));
  const labels = [label(highest), label(lowest)];
  const labelWidth = Math.max(...labels.map((text) => text.length));
  const lines = Array.from({ length: height }, (_, line) => {
    const below = 8 * (height - 1 - line);
    const bars = eighths.map((value) => EIGHTHS[Math.max(0, Math.min(8, value - below))] ?? ' ').join('');
    const text = line === 0 ? labels[0] : line === height - 1 ? labels[1] : '';
    return `${(text ?? '').padStart(labelWidth)} ${bars}`.trimEnd();
  });
  const axis = first + last.padStart(Math.max(last.length + 1, columns.length - first.length));
  return [...lines, `${' '.repeat(labelWidth)} ${axis}`];
}

function highestOf(values: readonly (number | null)[], columns: number): (number | null)[] {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * values.length) / columns));
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  });
}
