import { LIVE_CHANNELS } from '#contract/live/channels';
import type { SessionHub } from './session-hub.ts';
import { createLiveRoute, type LiveRoute } from './live-route.ts';

/** `/ws/skyscan/{id}` */
export function sessionRoute(hub: SessionHub): LiveRoute {
  return createLiveRoute({
    ...LIVE_CHANNELS.session,
    malformed: 'after must be a whole number of points, detail can only be full, each at most once',
    attach: (client, id, { after, detail }) => hub.attach(client, id, { after, full: detail === 'full' }),
  });
}
