import type { Context } from '../context.ts';
import { openFullScreen, type FullScreen } from '../terminal/full-screen.ts';
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
export class TerminalDisplay implements Display {
  readonly #context: Pick<Context, 'out' | 'colours'>;
  readonly #view: ScanView;
  readonly #screen: FullScreen;
  readonly #timer: NodeJS.Timeout;
  readonly #stopResizing: (() => void) | undefined;
  #isOutdated = true;
  #frames = 0;
  #trouble: string | undefined;
  #question: string | undefined;

  constructor(context: Pick<Context, 'out' | 'colours'>, view: ScanView) {
    this.#context = context;
    this.#view = view;
    this.#screen = openFullScreen(context.out);
    this.#draw();
    this.#timer = setInterval(() => {
      if (this.#isOutdated || ++this.#frames >= IDLE_FRAMES) this.#draw();
    }, FRAME_MS);
    this.#stopResizing = context.out.onResize?.(() => this.#draw());
  }

  onMessage(): void {
    this.#isOutdated = true;
  }

  onConnection(trouble: string | undefined): void {
    this.#trouble = trouble;
    this.#draw();
  }

  ask(question: string | undefined): void {
    this.#question = question;
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#stopResizing?.();
    this.#screen.close();
    this.#context.out.write(showScan(this.#view, this.#size));
  }

  #draw(): void {
    this.#isOutdated = false;
    this.#frames = 0;
    const footer = this.#question ?? this.#trouble ?? HINT;
    this.#screen.draw(screenText(this.#view, { ...this.#size, nowMs: performance.now(), footer }));
  }

  get #size(): { columns: number; rows: number; depth: Context['colours'] } {
    const { out, colours } = this.#context;
    return { columns: out.columns ?? 80, rows: out.rows ?? 24, depth: colours };
  }
}
