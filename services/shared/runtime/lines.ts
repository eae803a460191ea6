/** Splits text chunks into lines, with bounded memory. */
export interface LineSplitter {
  /** Returns the lines completed by this chunk, without line ends. */
  push(chunk: string): string[];
  /** Whether the start of an incomplete line is buffered. */
  readonly pending: boolean;
}

/**
 * @param maxLength maximum length of a line, characters
 * @param whenTooLong `cut`: splits it into several lines; `drop`: discards it; a function: throws
 *   its error
 */
export function createLineSplitter(
  maxLength: number,
  whenTooLong: 'cut' | 'drop' | (() => Error),
): LineSplitter {
  let pending = '';
  let dropping = false;

  /** Completes a line; returns nothing if it is dropped. */
  function lineOf(piece: string): string[] {
    const line = pending + piece;
    const isTooLong = dropping || line.length > maxLength;
    pending = '';
    dropping = false;
    if (isTooLong && whenTooLong === 'drop') return [];
    if (isTooLong && typeof whenTooLong === 'function') throw whenTooLong();
    return [line.replace(/\r$/, '')];
  }

  return {
    push(chunk) {
      const pieces = chunk.split('\n');
      const last = pieces.pop() ?? '';
      const lines = pieces.flatMap(lineOf);
      pending += last;
      if (pending.length <= maxLength) return lines;
      if (whenTooLong === 'cut') return [...lines, ...lineOf('')];
      if (whenTooLong !== 'drop') throw whenTooLong();
      pending = '';
      dropping = true;
      return lines;
    },
    get pending() {
      return pending !== '' || dropping;
    },
  };
}
