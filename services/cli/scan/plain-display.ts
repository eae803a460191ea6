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
export function createPlainDisplay({ out, err }: Context, view: ScanView): Display {
  let status = '';
  let tenths = -1;
  let fault: string | undefined;
  return {
    onMessage() {
      const { session, plan } = view;
      const now = titleOf(view);
      const nowMs = performance.now();
      if (plan.fault?.observation !== fault && session.status !== 'paused')
        out.write(`${faultLine(view, nowMs) ?? 'Points arrive again.'}\n`);
      fault = plan.fault?.observation;
      const share = Math.floor((STEPS * session.completed_points) / Math.max(1, session.total_points));
      if (now === status && share <= tenths) return;
      if (now !== status) out.write(`${now}\n`);
      status = now;
      if (share > tenths) out.write(`${progressFacts(view, nowMs)}\n`);
      tenths = Math.max(tenths, share);
    },
    onConnection: (trouble) => void err.write(`${trouble ?? 'reconnected'}\n`),
    ask: () => undefined,
    close: () => undefined,
  };
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
