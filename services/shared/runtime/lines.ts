/** Puts lines together from chunks, in bounded memory. */
export interface LineSplitter {
  /** The lines that this chunk completes, without their ends. */
  push(chunk: string): string[];
  /** Whether the beginning of another line has arrived. */
  readonly pending: boolean;
}

/**
 * @param maxLength of a line, characters
 * @param whenTooLong `cut`: its pieces are lines of their own; `drop`: it is left out; a function:
 *   the error to throw
 */
export function createLineSplitter(
  maxLength: number,
  whenTooLong: 'cut' | 'drop' | (() => Error),
): LineSplitter {
  let begun = '';
  let dropping = false;

  /** The piece as a line, as far as it may be one. */
  function lineOf(piece: string): string[] {
    const line = begun + piece;
    const isTooLong = dropping || line.length > maxLength;
    begun = '';
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
      begun += last;
      if (begun.length <= maxLength) return lines;
      if (whenTooLong === 'cut') return [...lines, ...lineOf('')];
      if (whenTooLong !== 'drop') throw whenTooLong();
      begun = '';
      dropping = true;
      return lines;
    },
    get pending() {
      return begun !== '' || dropping;
    },
  };
}
