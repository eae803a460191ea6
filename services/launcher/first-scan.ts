import { errorMessage } from '#shared/errors';
import { sleep } from '#shared/waiting';
import type { ApiClient } from './api-client.ts';
import type { Session } from './first-run.ts';
import type { Terminal } from './terminal.ts';

const POLL_MS = 500;

/** Shows how the scan goes on until it ends or waits for somebody. Rejects when the signal fires. */
export async function showProgress(
  api: ApiClient,
  session: Session,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const since = performance.now();
  let before = '';
  for (;;) {
    const now = await api.get<Session>(`/api/skyscan/${session.id}`).catch((error: unknown) => {
      signal.throwIfAborted();
      // The gateway may be between two lives.
      return { ...session, notes: errorMessage(error) };
    });
    const elapsedS = (performance.now() - since) / 1000;
    if (now.status === 'completed' || now.status === 'cancelled') {
      const where = `/api/skyscan/${session.id}/measurements`;
      terminal.endProgress(
        `First scan ${now.status}: ${now.completed_points} points in ${Math.round(elapsedS)} s, see ${where}`,
      );
      return;
    }
    if (now.status === 'paused' && before !== 'paused')
      terminal.line(`First scan paused: ${now.notes ?? 'by request'}`);
    before = now.status;
    terminal.progress(describe(now, elapsedS));
    await sleep(POLL_MS, signal);
  }
}

function describe(session: Session, elapsedS: number): string {
  const { completed_points: done, total_points: total, progress_pct: percent } = session;
  const left = done > 0 ? `, about ${Math.ceil((elapsedS / done) * (total - done))} s left` : '';
  return `First scan ${session.status}: ${done} of ${total} points (${percent.toFixed(1)} %)${left}`;
}
