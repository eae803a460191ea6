import type { RequestHandler } from 'express';
import { overlaysQuerySchema, type Overlays } from '#contract/rest/overlays';
import type { KnownSkyKind, OverlayKind } from '#contract/known-sky-values';
import type { OverlayCurves } from '../clients/known-sky.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { HertzRange } from '../domain/channel-range.ts';
import { readKnownRecords } from '../store/known-sky/sets.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { requireAnalyst } from './require-analyst.ts';
import type { SessionOf } from './session-of.ts';
import type { PlaceOf } from '../sites/site-place.ts';

/** What each overlay needs to know. */
const NEEDED: Record<OverlayKind, KnownSkyKind[]> = {
  belt: [],
  passes: ['elements', 'frequencies'],
  emitters: ['emitters'],
  milky_way: [],
  equatorial: [],
};

/** `/overlays`: lines and places over the map of a session, from its start to its end or now. */
export function overlaysHandler(
  db: Database,
  analyst: SkyAnalyst | undefined,
  placeOf: PlaceOf,
  sessionOf: SessionOf,
): RequestHandler {
  return async (request, response) => {
    const { kinds } = parseOr422(overlaysQuerySchema, request.query, 'query');
    const session = await sessionOf(request.params['session_id']);
    const place = await placeOf(session.site_id);
    if (!place)
      throw new HttpError(
        409,
        `Site ${session.site_id} has no place: set its latitude_deg and longitude_deg (PUT /api/sites/${session.site_id})`,
      );
    const disconnected = new AbortController();
    response.once('close', () => disconnected.abort());
    const known = await readKnownRecords(db, [...new Set(kinds.flatMap((kind) => NEEDED[kind]))]);
    const { overlays, notes } = await requireAnalyst(analyst).skyOverlays(
      place,
      { kinds, ...spanOf(session, Date.now()), bands: bandsOf(session) },
      known,
      disconnected.signal,
    );
    const answer: Overlays = {
      ...Object.fromEntries(overlays.map(({ kind, curves }) => [kind, curves.map(toPublished)])),
      notes,
    };
    response.json(answer);
  };
}

/** A session that has not started is shown as now. */
function spanOf({ started_at, finished_at }: SessionRow, nowMs: number): { fromMs: number; toMs: number } {
  const fromMs = started_at?.getTime() ?? nowMs;
  return { fromMs, toMs: Math.max(fromMs, finished_at?.getTime() ?? nowMs) };
}

function bandsOf({ bands, rotor }: SessionRow): HertzRange[] {
  return (bands ?? [rotor]).map(({ center_frequency_hz, bandwidth_hz }) => ({
    fromHz: Math.max(0, center_frequency_hz - bandwidth_hz / 2),
    toHz: center_frequency_hz + bandwidth_hz / 2,
  }));
}

function toPublished({ name, azimuthsDeg, elevationsDeg, timesMs }: OverlayCurves['curves'][number]) {
  return {
    name,
    points: azimuthsDeg.map((azimuthDeg, k) => {
      const timeMs = timesMs[k];
      return {
        azimuth: rounded(azimuthDeg) % 360,
        elevation: rounded(elevationsDeg[k] ?? NaN),
        ...(timeMs !== undefined && { time: new Date(timeMs).toISOString() }),
      };
    }),
  };
}

function rounded(deg: number): number {
  return Math.round(deg * 100) / 100;
}
