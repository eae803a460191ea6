import { hasEnded } from '#contract/session-status';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { StatusReport } from '../store/session-status.ts';
import type { SessionRow } from '../store/sessions.ts';

// Points wait while a status is being confirmed.
const HINT_TIMEOUT_MS = 500;

/**
 * The status to store for a hint: the orchestrator's own, or the hint if the orchestrator has
 * advanced, so that viewers see every change (its own status follows). `contradicted`: the
 * orchestrator has no such revision. Undefined: left to the reconciler.
 */
export async function confirmHint(
  orchestrator: Pick<Orchestrator, 'list'>,
  { id, site_id }: Pick<SessionRow, 'id' | 'site_id'>,
  hint: StatusReport,
  nudge: (siteId: number) => void,
): Promise<StatusReport | 'contradicted' | undefined> {
  const listed = await orchestrator.list(AbortSignal.timeout(HINT_TIMEOUT_MS)).catch(() => undefined);
  if (!listed) return undefined;
  const own = listed.find((session) => session.id === id);
  // The orchestrator writes a status to disk before it publishes it.
  if (!own || hint.revision > own.revision) return 'contradicted';
  // Newer points belong after this status.
  if (hint.revision === own.revision) return { ...own, completed: Math.min(own.completed, hint.completed) };
  nudge(site_id);
  return hasEnded(hint.status) ? undefined : hint;
}
