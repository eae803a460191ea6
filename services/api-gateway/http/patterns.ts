import type { Request, Response, Router } from 'express';
import { publishedTime } from '#contract/mqtt-messages';
import {
  PATTERN_FILES,
  patternFileQuerySchema,
  patternImageQuerySchema,
  patternQuerySchema,
  type AntennaPattern,
  type PatternQuery,
} from '#contract/rest/patterns';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { createDrift } from '../domain/drift.ts';
import type { Painter } from '../drawing/painter.ts';
import { measureSessionPattern } from '../patterns/measure-session-pattern.ts';
import { namesSource, patternSource } from '../patterns/pattern-source.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import { readReferences } from '../store/points.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { selectOptionalBand } from './band-selection.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { patternFile } from './pattern-files.ts';
import { driftOf } from './references.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';
import type { SessionOf } from './session-of.ts';

interface PatternRouteParts {
  db: Database;
  /** Undefined: none is configured. */
  analyst: SkyAnalyst | undefined;
  placeOf: PlaceOf;
  painter: Painter;
  sessionOf: SessionOf;
}

const PATH = '/api/skyscan/:session_id/pattern';

/** `/pattern` and its files: the pattern of the antenna from a scan over a source. */
export function patternRoutes(router: Router, parts: PatternRouteParts): void {
  const { sessionOf, painter } = parts;

  resource(router, PATH, {
    get: async (request, response) => {
      const query = parseOr422(patternQuerySchema, request.query, 'query');
      const session = await sessionOf(request.params['session_id']);
      response.json(await measured(parts, session, query, untilClosed(response)));
    },
  });

  for (const file of PATTERN_FILES)
    resource(router, `${PATH}.${file}`, {
      get: async (request, response) => {
        const query = parseOr422(patternFileQuerySchema, request.query, 'query');
        const session = await sessionOf(request.params['session_id']);
        const pattern = await measured(parts, session, query, untilClosed(response));
        const { contentType, text } = asConflict(() =>
          patternFile(file, pattern, {
            name: `${session.rotor.name}, scan ${session.id}`,
            date: session.started_at ? publishedTime(session.started_at.getTime()).slice(0, 10) : undefined,
            fillDb: query.fill_db,
            polarization: query.polarization,
          }),
        );
        response.type(contentType).attachment(`pattern-${session.id}.${file}`).send(text);
      },
    });

  resource(router, `${PATH}.png`, {
    get: async (request: Request, response: Response) => {
      const query = parseOr422(patternImageQuerySchema, request.query, 'query');
      const session = await sessionOf(request.params['session_id']);
      const signal = untilClosed(response);
      const pattern = await measured(parts, session, query, signal);
      const cut = (plane: 'azimuth' | 'elevation') =>
        pattern.cuts[plane].map(({ angle_deg, gain_db }) => ({ angleDeg: angle_deg, gainDb: gain_db }));
      const figure = {
        title: `Antenna pattern · scan ${session.id} · ${session.rotor.name.replace(/\p{C}+/gu, ' ')}`,
        subtitle: subtitleOf(pattern),
        theme: query.theme,
        sizePx: query.size,
        spanDb: query.span_db,
        cuts: { azimuth: cut('azimuth'), elevation: cut('elevation') },
      };
      response.type('png').end(await painter.drawPattern(figure, signal));
    },
  });
}

async function measured(
  { db, analyst, placeOf }: PatternRouteParts,
  session: SessionRow,
  query: PatternQuery,
  signal: AbortSignal,
): Promise<AntennaPattern> {
  requireSource(query, session);
  const parts = { db, placeOf, analyst: requireAnalyst(analyst) };
  const selection = await selectOptionalBand(db, session, query);
  const { from_hz, to_hz } = query;
  const { center_frequency_hz } = session.bands?.[0] ?? session.rotor;
  const centreHz = from_hz === undefined || to_hz === undefined ? center_frequency_hz : (from_hz + to_hz) / 2;
  const drift = await driftFor(db, session, query.corrected);
  try {
    const source = await patternSource(parts, query, session);
    return await measureSessionPattern(parts, session, source, { selection, drift, centreHz }, query, signal);
  } catch (error) {
    throw conflictOf(error);
  }
}

/** Throws 422 if neither the query nor the session names a source. */
function requireSource(query: PatternQuery, { id, frame }: SessionRow): void {
  if (frame || namesSource(query)) return;
  const msg = `Session ${id} was not scanned around a source: name it with source=sun or moon, satellite, emitter, or azimuth and elevation`;
  throw new HttpError(422, [{ loc: ['query', 'source'], msg, type: 'value_error' }]);
}

/** Without a wish, the drift is corrected if it can be. */
async function driftFor(db: Database, session: SessionRow, corrected: boolean | undefined) {
  if (corrected === false) return undefined;
  if (corrected) return (await driftOf(db, session)).drift;
  const references = await readReferences(db, session.id, session.completed_points);
  return createDrift(
    references.map(({ at_ms, level_db, unusable }) => ({ atMs: at_ms, levelDb: level_db, unusable })),
  );
}

/** The scan does not allow what is asked for: 409. */
function conflictOf(error: unknown): unknown {
  return errorKind(error) === 'wrong_state' ? new HttpError(409, errorMessage(error)) : error;
}

function asConflict<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw conflictOf(error);
  }
}

function untilClosed(response: Response): AbortSignal {
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  return disconnected.signal;
}

function subtitleOf({ hpbw_deg, front_to_back_db, directivity_dbi, source }: AntennaPattern): string {
  const width = (name: string, figure: { value: number } | null) =>
    figure ? [`HPBW ${name} ${figure.value.toFixed(1)}°`] : [];
  const back = front_to_back_db.opposite;
  return [
    `over ${source}`,
    ...width('azimuth', hpbw_deg.azimuth),
    ...width('elevation', hpbw_deg.elevation),
    ...(back ? [`F/B ${back.value.toFixed(1)} dB`] : []),
    ...(directivity_dbi.is_upper_bound ? [] : [`${directivity_dbi.value.toFixed(1)} dBi`]),
  ].join(' · ');
}
