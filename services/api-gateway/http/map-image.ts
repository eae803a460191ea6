import type { RequestHandler } from 'express';
import { publishedTime } from '#contract/mqtt-messages';
import { formatDeg } from '#shared/sky/pointing';
import { countedOf, grouped } from '#shared/base/plurals';
import { requireDirections } from '../domain/require-directions.ts';
import { addedOf } from '../domain/stored-refinement.ts';
import type { Painter } from '../drawing/painter.ts';
import type { Database } from '../store/queryable.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';
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
        ...captionOf(session, corrected, values.title),
        bounds: boundsOf(session),
        added: addedOf(session),
        unit: values.unit,
        references: corrected ? (await driftOf(db, session)).references : undefined,
      }),
      levels: () => values.read(corrected),
    });
  };
}

function captionOf(
  session: SessionRow,
  corrected: boolean,
  title: string | undefined,
): { title: string; subtitle: string } {
  const { az_start, az_end, el_start, el_end, step_deg, completed_points, total_points, rotor, grid } =
    session;
  const refinedDeg = addedOf(session)?.stepDeg;
  const when = session.finished_at ?? session.started_at;
  const facts = [
    ...(title === undefined ? [] : [title]),
    `az ${az_start}° to ${az_end}°, el ${el_start}° to ${el_end}°, step ${step_deg}°${grid === 'equal_area' ? ', equal area' : ''}${refinedDeg === undefined ? '' : `, refined ${formatDeg(refinedDeg)}°`}`,
    countedOf(completed_points, total_points, 'point', grouped),
    ...(title === undefined ? [`${rotor.center_frequency_hz / 1e6} MHz`] : []),
    ...(when ? [`${publishedTime(when.getTime()).replace('T', ' ').slice(0, 16)} UTC`] : []),
    ...(corrected ? ['drift corrected'] : []),
  ];
  // Names may contain line breaks and other unprintable characters.
  const name = rotor.name.replace(/\p{C}+/gu, ' ');
  return { title: `Scan ${session.id} · ${name}`, subtitle: facts.join(' · ') };
}
