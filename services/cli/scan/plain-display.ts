import type { Context } from '../context.ts';
import { toJsonLine } from '../output.ts';
import type { Display } from './display.ts';
import { faultLine, progressFacts, titleOf } from './screen-text.ts';
import type { ScanView } from './scan-view.ts';

const STEPS = 10;

/**
 * Lines for a file or a pipe: every status, every tenth of the scan, faults, and the state of the
 * connection.
 */
export class PlainDisplay implements Display {
  readonly #context: Pick<Context, 'out' | 'err'>;
  readonly #view: ScanView;
  #status = '';
  #tenths = -1;
  #fault: string | undefined;

  constructor(context: Pick<Context, 'out' | 'err'>, view: ScanView) {
    this.#context = context;
    this.#view = view;
  }

  onMessage(): void {
    const { out } = this.#context;
    const { session, plan } = this.#view;
    const status = titleOf(this.#view);
    const nowMs = performance.now();
    if (plan.fault?.observation !== this.#fault && session.status !== 'paused')
      out.write(`${faultLine(this.#view, nowMs) ?? 'Points arrive again.'}\n`);
    this.#fault = plan.fault?.observation;
    const tenths = Math.floor((STEPS * session.completed_points) / Math.max(1, session.total_points));
    if (status === this.#status && tenths <= this.#tenths) return;
    if (status !== this.#status) out.write(`${status}\n`);
    this.#status = status;
    if (tenths > this.#tenths) out.write(`${progressFacts(this.#view, nowMs)}\n`);
    this.#tenths = Math.max(tenths, this.#tenths);
  }

  onConnection(trouble: string | undefined): void {
    this.#context.err.write(`${trouble ?? 'reconnected'}\n`);
  }

  ask(): void {
    // A file or a pipe has no keyboard.
  }

  close(): void {
    // Has nothing to release.
  }
}

/** The messages of the API, one per line. */
export function createJsonDisplay({ out, err }: Context): Display {
  let last = '';
  return {
    onMessage(message) {
      const line = toJsonLine(message);
      // After the notes have been loaded the message is shown again; here it is unchanged.
      if (line !== last) out.write(line);
      last = line;
    },
    onConnection: (trouble) => void err.write(`${trouble ?? 'reconnected'}\n`),
    ask: () => undefined,
    close: () => undefined,
  };
}
