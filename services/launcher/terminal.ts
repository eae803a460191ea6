/** What a person sees: lines, and one line of progress below them. */
export interface Terminal {
  line(text: string): void;
  /** Rewritten in place on a terminal; elsewhere a line now and then. */
  progress(text: string): void;
  /** The last progress stays as a line. */
  endProgress(text: string): void;
}

export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

// Control characters, and those that change the direction of writing: text of other programs must
// not command the terminal.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CLEAR_LINE = '\r\u001b[2K';
const BETWEEN_LINES_MS = 15_000;

export function createTerminal(output: Output, now: () => number): Terminal {
  const inPlace = output.isTTY ?? false;
  let shown = '';
  let lastLineAt = -Infinity;

  function draw(): void {
    // A line that wraps could not be cleared again.
    output.write(CLEAR_LINE + shown.slice(0, (output.columns ?? 80) - 1));
  }

  return {
    line(text) {
      output.write(`${shown ? CLEAR_LINE : ''}${printable(text)}\n`);
      if (shown) draw();
    },
    progress(text) {
      if (inPlace) {
        shown = printable(text);
        draw();
      } else if (now() - lastLineAt >= BETWEEN_LINES_MS) {
        lastLineAt = now();
        output.write(`${printable(text)}\n`);
      }
    },
    endProgress(text) {
      output.write(`${shown ? CLEAR_LINE : ''}${printable(text)}\n`);
      shown = '';
    },
  };
}

function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) =>
    character === '\n' ? ' ' : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
