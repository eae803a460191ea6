/** Where a command writes: `out` for results, `err` for everything else. */
export interface Stream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  /** False: wait for `drained` before writing much more. */
  write(text: string | Uint8Array): unknown;
  drained?: () => Promise<void>;
  /** The listener is told of another size; returns what ends that. */
  onResize?: (listener: () => void) => () => void;
}

/** A document, indented. */
export function toJson(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** One line of ndjson. */
export function toJsonLine(document: unknown): string {
  return `${JSON.stringify(document)}\n`;
}

/** Text of others: control characters, which a terminal would obey, become spaces. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Columns as wide as their widest cell, two blanks between them; no colours, no lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map(printable));
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
