/** Where a command writes: `out` for results, `err` for everything else. */
export interface Stream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Columns as wide as their widest cell, two blanks between them; no colours, no lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** One line that is rewritten in place on a terminal; elsewhere nothing. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

const CLEAR_LINE = '\r\u001b[2K';

export function createProgressLine(stream: Stream): ProgressLine {
  let shown = false;
  return {
    show(text) {
      if (!stream.isTTY) return;
      // A line that wraps could not be cleared again.
      stream.write(CLEAR_LINE + text.slice(0, (stream.columns ?? 80) - 1));
      shown = true;
    },
    clear() {
      if (shown) stream.write(CLEAR_LINE);
      shown = false;
    },
  };
}
