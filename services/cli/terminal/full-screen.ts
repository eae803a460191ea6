import type { Stream } from '../output.ts';

/** The alternate screen of the terminal; closing it restores the previous content. */
export interface FullScreen {
  draw(lines: readonly string[]): void;
  close(): void;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR = '\u001b[2J';
const CLEAR_TO_END_OF_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';
// A wrapped line would shift all lines below it.
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

export function openFullScreen(out: Stream): FullScreen {
  let size = '';
  out.write(ENTER + NO_WRAP);
  return {
    draw(lines) {
      const now = `${out.columns} ${out.rows}`;
      // After a resize the old content is misplaced.
      const clear = now === size ? '' : CLEAR;
      size = now;
      const text = lines.slice(0, out.rows ?? lines.length).join(`${CLEAR_TO_END_OF_LINE}\r\n`);
      out.write(`${clear}${HOME}${text}${CLEAR_TO_END_OF_LINE}${CLEAR_BELOW}`);
    },
    close: () => void out.write(WRAP + LEAVE),
  };
}
