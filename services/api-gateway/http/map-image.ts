import type { RequestHandler } from 'express';
import { requireDirections } from '../domain/require-directions.ts';
import type { Painter } from '../drawing/painter.ts';
import { sessionFigure } from '../drawing/session-map.ts';
import type { Database } from '../store/queryable.ts';
import { parseOr422 } from './errors.ts';
import { selectMapValues } from './map-values.ts';
import { sendMap } from './send-map.ts';
import type { SessionOf } from './session-of.ts';
import { driftOf } from './references.ts';
import { mapQuerySchema } from '#contract/rest/map';

/** `/map.png`: the map as PNG, with an ETag. */
export function mapImageHandler(db: Database, painter: Painter, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(mapQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    requireDirections(session);
    const values = await selectMapValues(db, session, query);
    const { corrected = false } = query;
    await sendMap(request, response, painter, query, {
      facts: [session.id, session.created_at.getTime(), session.completed_points, query, values.version],
      figure: async () => ({
        palette: query.palette,
        ...sessionFigure(session, corrected, values.title),
        unit: values.unit,
        references: corrected ? (await driftOf(db, session)).references : undefined,
      }),
      levels: () => values.read(corrected),
    });
  };
}
