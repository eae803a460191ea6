import type { Context } from '../context.ts';
import { openFullScreen } from '../terminal/full-screen.ts';
import type { Display } from './display.ts';
import { screenText } from './screen-text.ts';
import { showScan } from './show-scan.ts';
import type { ScanView } from './scan-view.ts';

const FRAME_MS = 100;
// Redraw at least this often, for the time left.
const IDLE_FRAMES = 10;
const HINT = 'Ctrl-C leaves';

/**
 * Full-screen display: the growing map, progress and state. At the end the map stays on the normal
 * screen.
 */
export function createTerminalDisplay({ out, colours }: Context, view: ScanView): Display {
  const screen = openFullScreen(out);
  let dirty = true;
  let frames = 0;
  let trouble: string | undefined;
  let question: string | undefined;

  function draw(): void {
    dirty = false;
    frames = 0;
    screen.draw(
      screenText(view, {
        columns: out.columns ?? 80,
        rows: out.rows ?? 24,
        depth: colours,
        nowMs: performance.now(),
        footer: question ?? trouble ?? HINT,
      }),
    );
  }

  draw();
  const timer = setInterval(() => {
    if (dirty || ++frames >= IDLE_FRAMES) draw();
  }, FRAME_MS);
  const stopResizing = out.onResize?.(draw);
  return {
    onMessage: () => void (dirty = true),
    onConnection(now) {
      trouble = now;
      draw();
    },
    ask(now) {
      question = now;
      draw();
    },
    close() {
      clearInterval(timer);
      stopResizing?.();
      screen.close();
      out.write(showScan(view, { columns: out.columns ?? 80, rows: out.rows ?? 24, depth: colours }));
    },
  };
}
