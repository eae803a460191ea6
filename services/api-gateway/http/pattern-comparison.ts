import type { Router } from 'express';
import {
  patternComparisonQuerySchema,
  patternFileComparisonQuerySchema,
  type PatternComparison,
} from '#contract/rest/pattern-comparison';
import { errorKind, errorMessage } from '#shared/base/errors';
import { PATTERN_FILE_MAX_BYTES } from '#shared/pattern/pattern-file-formats';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import {
  comparePatterns,
  filePattern,
  measuredPattern,
  type ComparedPattern,
} from '../patterns/compare-patterns.ts';
import { reflectionWarnings } from '../patterns/reflections.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { patternName } from './pattern-files.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';
import type { SessionOf } from './session-of.ts';
import type { PatternOf } from './session-pattern.ts';
import { untilClosed } from './until-closed.ts';
import { readUpload } from './upload.ts';

/** `/pattern/comparison`: with the pattern of another session, or with one in a file. */
export function patternComparisonRoutes(
  router: Router,
  {
    analyst,
    patternOf,
    sessionOf,
  }: {
    /** Undefined: none is configured. */
    analyst: SkyAnalyst | undefined;
    patternOf: PatternOf;
    sessionOf: SessionOf;
  },
): void {
  resource(router, '/api/skyscan/:session_id/pattern/comparison', {
    get: async (request, response) => {
      const { with_session, ...query } = parseOr422(patternComparisonQuerySchema, request.query, 'query');
      const [session, other] = await Promise.all([
        sessionOf(request.params['session_id']),
        sessionOf(String(with_session)),
      ]);
      const signal = untilClosed(response);
      const first = await patternOf(session, query, signal);
      // It belongs to the first session.
      const second = await patternOf(other, { ...query, high_gain_session: undefined }, signal);
      const comparison = compared(
        measuredPattern(patternName(session), first),
        measuredPattern(patternName(other), second),
        ['query', 'with_session'],
      );
      // Patterns of different antennas differ.
      const isRepeat = session.rotor_id === other.rotor_id && session.id !== other.id;
      response.json({ ...comparison, warnings: isRepeat ? reflectionWarnings(first, second) : [] });
    },
    post: async (request, response) => {
      const { format, ...query } = parseOr422(patternFileComparisonQuerySchema, request.query, 'query');
      const known = requireAnalyst(analyst);
      const session = await sessionOf(request.params['session_id']);
      const file = await readUpload(request, response, PATTERN_FILE_MAX_BYTES, (body, signal) =>
        known.measurePatternFile(format, body, signal),
      );
      const pattern = await patternOf(session, query, untilClosed(response));
      const first = measuredPattern(patternName(session), pattern);
      response.json(compared(first, filePattern(file, format), ['body']));
    },
  });
}

/** Throws 422 at `loc` without overlap. */
function compared(first: ComparedPattern, second: ComparedPattern, loc: string[]): PatternComparison {
  try {
    return comparePatterns(first, second);
  } catch (error) {
    if (errorKind(error) !== 'invalid') throw error;
    throw new HttpError(422, [{ loc, msg: errorMessage(error), type: 'value_error' }], { cause: error });
  }
}
