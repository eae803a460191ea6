/** User output: lines, and one progress line below them. */
export interface Terminal {
  line(text: string): void;
  /** Rewritten in place on a terminal; elsewhere a line every 15 s. */
  progress(text: string): void;
  /** Replaces the progress with a final line. */
  endProgress(text: string): void;
}

export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

// Control characters and direction marks: text from other programs must not control the terminal.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const CLEAR_LINE = '\r\u001b[2K';
const LINE_INTERVAL_MS = 15_000;

export function createTerminal(output: Output, now: () => number): Terminal {
  const inPlace = output.isTTY ?? false;
  let shown = '';
  let lastLineAt = -Infinity;

  function draw(): void {
    // A line that wraps could not be cleared.
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
      } else if (now() - lastLineAt >= LINE_INTERVAL_MS) {
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
