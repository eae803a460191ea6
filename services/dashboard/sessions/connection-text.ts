import type { LiveView } from '../lib/live-view.svelte.ts';
import type { Outage } from './outage.ts';

type Connected = Pick<LiveView, 'phase' | 'statusText'> & {
  plan?: { fault?: unknown } | undefined;
  session?: { status: string } | undefined;
};

/**
 * The state of the connection to a session. "Live" means that points arrive; it is not shown while
 * the session waits or the server cannot be reached.
 */
export function connectionText(
  view: Connected | undefined,
  isReachable: boolean,
  outage: Pick<Outage, 'effect'> | undefined,
): string | undefined {
  if (view?.phase !== 'live') return view?.statusText;
  if (!isReachable) return '';
  if (outage?.effect === 'late') return 'Connected, points delayed';
  if (view.plan?.fault || outage) return 'Connected, no points';
  return view.session?.status === 'running' ? view.statusText : 'Connected';
}
