import { z } from 'zod';
import type { LiveHub } from './hub.ts';
import { createLiveRoute, type LiveRoute } from './live-route.ts';

const querySchema = z.object({
  after: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .optional(),
  detail: z.enum(['full']).optional(),
});

/** `/ws/skyscan/{id}` */
export function sessionRoute(hub: LiveHub): LiveRoute {
  return createLiveRoute({
    name: 'skyscan',
    query: querySchema,
    malformed: 'after must be a whole number of points, detail can only be full, each at most once',
    notFound: 'Scan session not found',
    attach: (client, id, { after, detail }) => hub.attach(client, id, { after, full: detail === 'full' }),
  });
}
