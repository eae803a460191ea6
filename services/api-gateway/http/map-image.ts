import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { publishedTime } from '#contract/mqtt-messages';
import { VERSION } from '#shared/runtime/version';
import { countedOf, grouped } from '#shared/base/plurals';
import type { Painter } from '../drawing/painter.ts';
import type { Drawing } from '../drawing/messages.ts';
import type { Database } from '../store/queryable.ts';
import { boundsOf, type SessionRow } from '../store/sessions.ts';
import { parseOr422 } from './errors.ts';
import { selectMapValues } from './map-values.ts';
import type { SessionOf } from './session-of.ts';
import { driftOf } from './references.ts';
import { mapQuerySchema } from '#contract/rest/map';

/** `/map.png`: the map as PNG, with an ETag. */
export function mapImageHandler(db: Database, painter: Painter, sessionOf: SessionOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(mapQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const values = await selectMapValues(db, session, query);
    const headers = { ETag: tagOf(session, query, values.version), 'Cache-Control': 'private, no-cache' };
    response.set(headers);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    // These headers belong to the picture; an error has none.
    for (const name of Object.keys(headers)) response.removeHeader(name);
    const { size: sizePx, min, max, corrected = false, projection, fit, palette, theme } = query;
    const drawing: Drawing = {
      projection,
      fit,
      palette,
      theme,
      ...captionOf(session, corrected, values.title),
      bounds: boundsOf(session),
      sizePx,
      range: { ...(min !== undefined && { min }), ...(max !== undefined && { max }) },
      unit: values.unit,
      references: corrected ? (await driftOf(db, session)).references : undefined,
    };
    const disconnected = new AbortController();
    response.once('close', () => disconnected.abort());
    try {
      const levels = () => values.read(corrected);
      const png = request.method === 'HEAD' ? '' : await painter.draw(drawing, levels, disconnected.signal);
      response.set(headers).type('png').end(png);
    } catch (error) {
      if (!disconnected.signal.aborted) throw error; // else the client has disconnected
    }
  };
}

/** Changes with everything that affects the picture. */
function tagOf(session: SessionRow, query: object, version: unknown): string {
  const { id, completed_points, created_at } = session;
  const facts = [VERSION, id, created_at.getTime(), completed_points, query, version];
  return `"${createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 27)}"`;
}

function captionOf(
  session: SessionRow,
  corrected: boolean,
  title: string | undefined,
): { title: string; subtitle: string } {
  const { az_start, az_end, el_start, el_end, step_deg, completed_points, total_points, rotor, grid } =
    session;
  const when = session.finished_at ?? session.started_at;
  const facts = [
    ...(title === undefined ? [] : [title]),
    `az ${az_start}° to ${az_end}°, el ${el_start}° to ${el_end}°, step ${step_deg}°${grid === 'equal_area' ? ', equal area' : ''}`,
    countedOf(completed_points, total_points, 'point', grouped),
    ...(title === undefined ? [`${rotor.center_frequency_hz / 1e6} MHz`] : []),
    ...(when ? [`${publishedTime(when.getTime()).replace('T', ' ').slice(0, 16)} UTC`] : []),
    ...(corrected ? ['drift corrected'] : []),
  ];
  // Names may contain line breaks and other unprintable characters.
  const name = rotor.name.replace(/\p{C}+/gu, ' ');
  return { title: `Scan ${session.id} · ${name}`, subtitle: facts.join(' · ') };
}
