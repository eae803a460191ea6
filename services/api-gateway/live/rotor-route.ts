import { LIVE_CHANNELS } from '#contract/live/channels';
import { createLiveRoute, type LiveRoute } from './live-route.ts';
import type { PositionHub } from './position-hub.ts';

/** `/ws/rotors/{id}` */
export function rotorRoute(hub: PositionHub): LiveRoute {
  return createLiveRoute({
    ...LIVE_CHANNELS.rotor,
    malformed: 'each parameter may be given once',
    attach: (client, id) => hub.attach(client, id),
  });
}
