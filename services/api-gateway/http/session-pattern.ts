import { PATTERN_PARAMETERS, type AntennaPattern, type PatternQuery } from '#contract/rest/patterns';
import { errorKind, errorMessage } from '#shared/base/errors';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { createDrift } from '../domain/drift.ts';
import { createRecentCache } from '../domain/recent-cache.ts';
import { createKeptResults } from '../patterns/kept-results.ts';
import { measureSessionPattern, type MeasuredSession } from '../patterns/measure-session-pattern.ts';
import { MIN_NEIGHBOURS, neighbourSides } from '../patterns/neighbour-levels.ts';
import {
  namesSource,
  patternSource,
  type PatternSource,
  type SourceParts,
} from '../patterns/pattern-source.ts';
import { requireHighGain } from '../patterns/require-high-gain.ts';
import type { PlaceOf } from '../sites/site-place.ts';
import { readReferences } from '../store/points.ts';
import type { Database } from '../store/queryable.ts';
import type { BandSelection } from '../store/spectra/read-band.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';
import { selectOptionalBand } from './band-selection.ts';
import { HttpError } from './errors.ts';
import { driftOf } from './references.ts';
import { requireAnalyst } from './require-analyst.ts';

/**
 * The pattern of a session. Throws 409 if the session does not allow it, 422 without a source, 503
 * without a sky-analyst.
 */
export type PatternOf = (
  session: SessionRow,
  query: PatternQuery,
  signal: AbortSignal,
) => Promise<AntennaPattern>;

/** A pattern has about 100 kB in memory. */
const MAX_KEPT = 50;

/** Patterns of sessions; equal questions are computed once. */
export function createSessionPatterns({
  db,
  analyst,
  placeOf,
}: {
  db: Database;
  /** Undefined: none is configured. */
  analyst: SkyAnalyst | undefined;
  placeOf: PlaceOf;
}): PatternOf {
  const kept = createKeptResults(createRecentCache<AntennaPattern>(MAX_KEPT, () => 1));
  return async (session, query, signal) => {
    const parts = { db, placeOf, analyst: requireAnalyst(analyst) };
    const { high_gain_session: highId } = query;
    try {
      const measured = await measuredSession(parts, session, query);
      const highSession = highId === undefined ? undefined : await highGainSession(db, highId);
      if (highSession) requireHighGain(session, highSession, measured.levels.selection !== undefined);
      const high = highSession && (await measuredSession(parts, highSession, query));
      return await kept.get(
        JSON.stringify([keyOf(measured, query), high ? keyOf(high, query) : null]),
        (ended) => measureSessionPattern(parts, measured, high, query, ended),
        signal,
      );
    } catch (error) {
      throw conflictOf(error);
    }
  };
}

/** Throws 409 if the session does not allow a pattern, 422 without a source. */
async function measuredSession(
  parts: SourceParts & { db: Database },
  session: SessionRow,
  query: PatternQuery,
): Promise<MeasuredSession> {
  requireSource(query, session);
  requirePlanes(session);
  const selection = await selectOptionalBand(parts.db, session, query);
  const { from_hz, to_hz } = query;
  const { center_frequency_hz } = session.bands?.[0] ?? session.rotor;
  const centreHz = from_hz === undefined || to_hz === undefined ? center_frequency_hz : (from_hz + to_hz) / 2;
  const drift = await driftFor(parts.db, session, query.corrected);
  const source = await patternSource(parts, query, session);
  const neighbours = selection && wantsNeighbours(query, source) ? neighbourSides(selection) : undefined;
  if (query.neighbours && !neighbours) throw noNeighbours(session, selection);
  return { session, source, levels: { selection, drift, centreHz, neighbours } };
}

/** Sun and Moon are in all channels, and an offset of two gains has no neighbours. */
function wantsNeighbours(query: PatternQuery, { widthDeg }: PatternSource): boolean {
  if (query.background_db !== undefined || query.high_gain_session !== undefined) return false;
  return query.neighbours ?? widthDeg === 0;
}

function noNeighbours({ id }: SessionRow, selection: BandSelection | undefined): HttpError {
  const reason = selection
    ? `fewer than ${MIN_NEIGHBOURS} channels without flags on one side of the range, or background_db or high_gain_session are given`
    : 'they need from_hz and to_hz';
  return new HttpError(409, `Session ${id} does not show the background in neighbouring channels: ${reason}`);
}

async function highGainSession(db: Database, id: number): Promise<SessionRow> {
  const session = await findSession(db, id);
  if (session) return session;
  const msg = `Session ${id} does not exist`;
  throw new HttpError(422, [{ loc: ['query', 'high_gain_session'], msg, type: 'value_error' }]);
}

/**
 * All that a pattern depends on. New points change it; another place of the site, orbital elements
 * or emitters change the directions of the source.
 */
function keyOf(
  { session, source, levels: { selection, drift, centreHz, neighbours } }: MeasuredSession,
  query: PatternQuery,
): unknown[] {
  const { id, created_at, completed_points, started_at, finished_at } = session;
  const times = [started_at, finished_at].flatMap((time) => (time ? [time.getTime()] : []));
  return [
    [id, created_at.getTime(), completed_points],
    [source.name, source.widthDeg, times.map((timeMs) => source.directionAt(timeMs))],
    [
      selection && [selection.band.band, selection.range, selection.statistic],
      drift !== undefined,
      centreHz,
      neighbours,
    ],
    PATTERN_PARAMETERS.map((name) => query[name] ?? null),
  ];
}

/** Throws 422 if neither the query nor the session names a source. */
function requireSource(query: PatternQuery, { id, frame }: SessionRow): void {
  if (frame || namesSource(query)) return;
  const msg = `Session ${id} was not scanned around a source: name it with source=sun or moon, satellite, emitter, or azimuth and elevation`;
  throw new HttpError(422, [{ loc: ['query', 'source'], msg, type: 'value_error' }]);
}

/** Throws 409 for a scan along the axes of the mount, which are not planes of the antenna. */
function requirePlanes({ id, grid }: SessionRow): void {
  if (grid !== 'cross') return;
  throw new HttpError(
    409,
    `Session ${id} has the grid cross, whose lines are not in the planes of the antenna: a pattern needs principal_cuts, rectangular, equal_area or spiral`,
  );
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
export function conflictOf(error: unknown): unknown {
  return errorKind(error) === 'wrong_state' ? new HttpError(409, errorMessage(error)) : error;
}
