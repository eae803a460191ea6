import { errorMessage, SkyScanError } from '#shared/base/errors';
import { CancelledError, DetachedError, type Context } from '../context.ts';
import { follow } from '../follow.ts';
import { printable } from '../output.ts';
import { readSessionMessage } from '#contract/live/read-message';
import type { DetailedSessionMessage } from '#contract/live/session-messages';
import type { Display } from './display.ts';
import { createJsonDisplay, PlainDisplay } from './plain-display.ts';
import { applyMessage, type ScanView } from './scan-view.ts';
import { TerminalDisplay } from './terminal-display.ts';

export interface WatchOptions {
  json: boolean;
  /** Ctrl-C asks whether to cancel the scan; otherwise it only leaves. */
  mayCancel: boolean;
}

const QUESTION = 'Ctrl-C: cancel the scan (c), leave it running (d), or keep watching (g)?';
const CTRL_C = '\u0003';

/**
 * Shows a scan until it ends. Throws `DetachedError` if the user leaves, `CancelledError` if the
 * user cancels the scan, and the errors of the API. Reconnects after a loss without missing points.
 */
export async function watchScan(
  context: Context,
  view: ScanView,
  { json, mayCancel }: WatchOptions,
): Promise<void> {
  const { interrupts, keyboard } = context;
  const api = context.api();
  const { id } = view.session;
  const leaving = new AbortController();
  const display: Display = json
    ? createJsonDisplay(context)
    : context.out.isTTY
      ? new TerminalDisplay(context, view)
      : new PlainDisplay(context, view);
  let stopAsking: (() => void) | undefined;
  const choice = { cancelled: false };

  function endQuestion(): void {
    stopAsking?.();
    stopAsking = undefined;
    display.ask(undefined);
  }

  function askWhatToDo(): void {
    if (!keyboard) return;
    display.ask(QUESTION);
    stopAsking = keyboard.listen((key) => {
      if (key === 'g' || key === '\r' || key === '\u001b') endQuestion();
      if (key === 'd' || key === CTRL_C) leaving.abort();
      if (key === 'c') {
        endQuestion();
        choice.cancelled = true;
        display.onConnection('cancelling ...');
        api.post(`/api/skyscan/${id}/cancel`).catch((error: unknown) => {
          choice.cancelled = false;
          display.onConnection(errorMessage(error));
        });
      }
    });
  }

  const release = interrupts.intercept((interrupt) => {
    const canAsk = mayCancel && interrupt === 'SIGINT' && keyboard && context.out.isTTY && !json;
    if (canAsk && !stopAsking && !choice.cancelled) askWhatToDo();
    else leaving.abort();
  });
  const readNotes = async () => {
    const { notes } = await api.get(`/api/skyscan/${id}`);
    view.session = { ...view.session, notes };
  };
  try {
    await follow<DetailedSessionMessage>(
      api,
      () => `/ws/skyscan/${id}?after=${view.received}&detail=full`,
      {
        read: (data) => readSessionMessage(data, id, view.session.status),
        onMessage(message) {
          const previous = view.session.status;
          if (!applyMessage(view, message, performance.now())) return;
          display.onMessage(message);
          // The notes give the reason for a pause; the message does not contain them.
          if (message.status !== previous)
            readNotes().then(
              () => display.onMessage(message),
              () => undefined,
            );
        },
        onLost(reason) {
          view.pointRate.reset();
          display.onConnection(`connection lost (${printable(reason)}), reconnecting ...`);
        },
        onReconnected: () => display.onConnection(undefined),
      },
      leaving.signal,
    );
  } finally {
    release();
    endQuestion();
    display.close();
  }
  if (leaving.signal.aborted)
    throw new DetachedError(
      `scan ${id} is still running; watch it with \`skyscan watch ${id}\`, cancel it with \`skyscan cancel ${id}\``,
    );
  if (view.session.status !== 'cancelled') return;
  if (choice.cancelled) throw new CancelledError(`scan ${id}; measured points are kept`);
  throw new SkyScanError('wrong_state', `scan ${id} was cancelled`);
}
