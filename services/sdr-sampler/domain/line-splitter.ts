/** Puts lines together from chunks. Lines longer than the limit are left out, and never kept in memory. */
export interface LineSplitter {
  /** The lines that this chunk completes, without their ends. */
  push(chunk: string): string[];
}

export function createLineSplitter(longest: number): LineSplitter {
  let begun = '';
  let tooLong = false;
  return {
    push(chunk) {
      const pieces = chunk.split('\n');
      const last = pieces.pop() ?? '';
      const done: string[] = [];
      for (const piece of pieces) {
        if (!tooLong && begun.length + piece.length <= longest) done.push((begun + piece).replace(/\r$/, ''));
        begun = '';
        tooLong = false;
      }
      tooLong ||= begun.length + last.length > longest;
      begun = tooLong ? '' : begun + last;
      return done;
    },
  };
}
