import type { Request, Response, Router } from 'express';
import { publishedTime } from '#contract/mqtt-messages';
import {
  PATTERN_FILES,
  patternFileQuerySchema,
  patternImageQuerySchema,
  patternQuerySchema,
  type AntennaPattern,
} from '#contract/rest/patterns';
import type { Painter } from '../drawing/painter.ts';
import { parseOr422 } from './errors.ts';
import { patternFile, patternName } from './pattern-files.ts';
import { resource } from './resource.ts';
import type { SessionOf } from './session-of.ts';
import { conflictOf, type PatternOf } from './session-pattern.ts';
import { untilClosed } from './until-closed.ts';

interface PatternRouteParts {
  patternOf: PatternOf;
  painter: Painter;
  sessionOf: SessionOf;
}

const PATH = '/api/skyscan/:session_id/pattern';

/** `/pattern` and its files: the pattern of the antenna from a scan over a source. */
export function patternRoutes(router: Router, parts: PatternRouteParts): void {
  const { patternOf, sessionOf, painter } = parts;

  resource(router, PATH, {
    get: async (request, response) => {
      const query = parseOr422(patternQuerySchema, request.query, 'query');
      const session = await sessionOf(request.params['session_id']);
      response.json(await patternOf(session, query, untilClosed(response)));
    },
  });

  for (const file of PATTERN_FILES)
    resource(router, `${PATH}.${file}`, {
      get: async (request, response) => {
        const query = parseOr422(patternFileQuerySchema, request.query, 'query');
        const session = await sessionOf(request.params['session_id']);
        const pattern = await patternOf(session, query, untilClosed(response));
        const { contentType, text } = asConflict(() =>
          patternFile(file, pattern, {
            name: patternName(session),
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
      const pattern = await patternOf(session, query, signal);
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

function asConflict<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw conflictOf(error);
  }
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
