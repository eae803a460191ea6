import { hasEnded } from '#contract/session-status';
import { sleep } from '#shared/runtime/waiting';
import { counted, countedOf } from '#shared/base/plurals';
import type { ApiClient } from '#contract/client/api-client';
import type { Session } from '#contract/rest/sessions';
import type { Terminal } from './terminal.ts';

const POLL_MS = 500;

/** Shows the progress of a scan until it ends. Rejects when the signal fires. */
export async function showProgress(
  api: Pick<ApiClient, 'get'>,
  session: Session,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  const start = { atMs: performance.now(), points: session.completed_points };
  let before = '';
  let now = session;
  for (;;) {
    // The gateway may be restarting: its last answer still applies.
    const last = now;
    now = await api.get(`/api/skyscan/${session.id}`).catch(() => last);
    signal.throwIfAborted();
    if (hasEnded(now.status)) {
      const where = `/api/skyscan/${session.id}/measurements`;
      terminal.endProgress(
        `Scan ${now.id} ${now.status}: ${counted(now.completed_points, 'point')}, see ${where}`,
      );
      return;
    }
    if (now.status === 'paused' && before !== 'paused')
      terminal.line(`Scan ${now.id} paused: ${now.notes ?? 'by request'}`);
    before = now.status;
    terminal.progress(describe(now, start));
    await sleep(POLL_MS, signal);
  }
}

function describe(session: Session, start: { atMs: number; points: number }): string {
  const { completed_points: done, total_points: total, progress_pct: percent } = session;
  const perPointS = (performance.now() - start.atMs) / 1000 / (done - start.points);
  const left = done > start.points ? `, about ${Math.ceil(perPointS * (total - done))} s left` : '';
  return `Scan ${session.id} ${session.status}: ${countedOf(done, total, 'point')} (${percent.toFixed(1)} %)${left}`;
}
