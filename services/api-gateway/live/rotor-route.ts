import { z } from 'zod';
import { createLiveRoute, type LiveRoute } from './live-route.ts';
import { ROTOR_NOT_FOUND, type PositionHub } from './position-hub.ts';

/** `/ws/rotors/{id}` */
export function rotorRoute(hub: PositionHub): LiveRoute {
  return createLiveRoute({
    name: 'rotors',
    query: z.object({}),
    malformed: 'each parameter may be given once',
    notFound: ROTOR_NOT_FOUND,
    attach: (client, id) => hub.attach(client, id),
  });
}
