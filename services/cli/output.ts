/** An output stream: `out` for results, `err` for everything else. */
export interface Stream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  /** False: wait for `drained` before the next large write. */
  write(text: string | Uint8Array): unknown;
  drained?: () => Promise<void>;
  /** Calls the listener when the terminal is resized; returns a function that removes it. */
  onResize?: (listener: () => void) => () => void;
}

/** Indented JSON. */
export function toJson(document: unknown): string {
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** One line of NDJSON. */
export function toJsonLine(document: unknown): string {
  return `${JSON.stringify(document)}\n`;
}

/**
 * Text from other sources: replaces control characters, which a terminal would execute, with
 * spaces.
 */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Columns as wide as their widest cell, separated by two spaces. */
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

/** A line that is rewritten in place on a terminal; elsewhere it prints nothing. */
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
      // A line that wraps could not be cleared.
      stream.write(CLEAR_LINE + text.slice(0, (stream.columns ?? 80) - 1));
      shown = true;
    },
    clear() {
      if (shown) stream.write(CLEAR_LINE);
      shown = false;
    },
  };
}

/** A time of the API, to the minute: `2027-03-28 01:00`. */
export function minuteOf(text: string): string {
  return text.slice(0, 16).replace('T', ' ');
}
