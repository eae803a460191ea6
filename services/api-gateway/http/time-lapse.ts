import { createHash } from 'node:crypto';
import { Semaphore } from 'async-mutex';
import type { RequestHandler, Response } from 'express';
import {
  framesQuerySchema,
  stripQuerySchema,
  timeLapseQuerySchema,
  type StripQuery,
  type TimeLapse,
  type TimeLapseQuery,
} from '#contract/rest/schedule-history';
import { grouped } from '#shared/base/plurals';
import { orAborted } from '#shared/runtime/waiting';
import { VERSION } from '#shared/runtime/version';
import { MIN_SPANS } from '#sky-map/figure';
import { roundedTo } from '../domain/rounding.ts';
import { selectFrames } from '../domain/schedules/frames.ts';
import { addedOf } from '../domain/stored-refinement.ts';
import type { Drawing, Film } from '../drawing/messages.ts';
import type { Painter } from '../drawing/painter.ts';
import type { Database } from '../store/queryable.ts';
import { listFrames, type FrameRow } from '../store/schedules/history.ts';
import type { ScheduleRow } from '../store/schedules/schedules.ts';
import { boundsOf, listByIds, type SessionRow } from '../store/sessions.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { selectMapValues, type MapValues, type MapValuesQuery } from './map-values.ts';
import { driftOf } from './references.ts';
import { commonRange, type RangedFrame } from './time-lapse-range.ts';

type ScheduleOf = (id: unknown) => Promise<ScheduleRow>;
type Query = TimeLapseQuery | StripQuery;

/** Points of all frames together: they are read twice. */
const MAX_POINTS = 20_000_000;
/** Pixels of all frames together; the film takes 4 bytes for each while it is joined. */
const MAX_PIXELS = 60_000_000;

/** `/timelapse`: the sessions that are its frames. */
export function framesHandler(db: Database, scheduleOf: ScheduleOf): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(framesQuerySchema, request.query, 'query');
    const { id } = await scheduleOf(request.params['schedule_id']);
    const chosen = selectFrames(await listFrames(db, id, query), query.every, query.max_frames);
    const signal = untilClosed(response);
    const frames = chosen.length > 0 ? await framesOf(db, chosen, {}) : [];
    const range = await commonRange(rangedOf(frames, false), undefined, signal);
    const answer: TimeLapse = {
      unit: frames.at(-1)?.values.unit === 'dBm' ? 'dBm' : 'dBFS',
      range: range ? { min: roundedTo(range.min, 2), max: roundedTo(range.max, 2) } : null,
      frames: frames.map(({ session, at }) => ({ session_id: session.id, at: at.toISOString() })),
    };
    response.json(answer);
  };
}

/** `/timelapse.gif` and `/timelapse-strip.png`: the sessions of a schedule, with an ETag. */
export function timeLapseHandlers(
  db: Database,
  painter: Painter,
  scheduleOf: ScheduleOf,
): { gif: RequestHandler; strip: RequestHandler } {
  // Each takes megabytes until it is sent.
  const oneAtATime = new Semaphore(1);

  const handler =
    <Q extends Query>(
      parse: (query: unknown) => Q,
      type: 'gif' | 'png',
      filmOf: (query: Q, captions: string[]) => FilmKind,
    ): RequestHandler =>
    async (request, response) => {
      const query = parse(request.query);
      const schedule = await scheduleOf(request.params['schedule_id']);
      const chosen = selectFrames(await listFrames(db, schedule.id, query), query.every, query.max_frames);
      const tag = tagOf(schedule, type, query, chosen);
      response.set({ ETag: tag, 'Cache-Control': 'private, no-cache' });
      // Spectra and searches change without the points: only levels have a tag that is certain.
      const isFresh = query.interference === undefined && request.fresh;
      if (isFresh) {
        response.status(304).end();
        return;
      }
      for (const name of ['ETag', 'Cache-Control']) response.removeHeader(name);
      const signal = untilClosed(response);
      try {
        const frames = await framesOf(db, chosen, query);
        if (request.method !== 'HEAD') await film(frames);
        else response.set({ ETag: tag, 'Cache-Control': 'private, no-cache' }).type(type).end();
      } catch (error) {
        if (!signal.aborted) throw error; // else the client has disconnected
      }

      async function film(frames: Frame[]): Promise<void> {
        const image = await orAborted(
          oneAtATime.runExclusive(() => drawFilm(painter, schedule, frames, query, filmOf, signal)),
          signal,
        );
        response.set({ ETag: tag, 'Cache-Control': 'private, no-cache' }).type(type).end(image);
      }
    };

  return {
    gif: handler(
      (query) => parseOr422(timeLapseQuerySchema, query, 'query'),
      'gif',
      ({ frames_per_s }) => ({ kind: 'gif', delayMs: Math.round(1000 / frames_per_s) }),
    ),
    strip: handler(
      (query) => parseOr422(stripQuerySchema, query, 'query'),
      'png',
      (_query, captions) => ({ kind: 'strip', captions }),
    ),
  };
}

type FilmKind = { kind: 'gif'; delayMs: number } | { kind: 'strip'; captions: string[] };

interface Frame {
  session: SessionRow;
  at: Date;
  values: MapValues;
  references: Drawing['references'];
}

/** Sessions without the value that the query selects are left out. */
async function framesOf(db: Database, chosen: readonly FrameRow[], query: MapValuesQuery): Promise<Frame[]> {
  if (chosen.length === 0) throw new HttpError(409, 'The schedule has no completed sessions in this period');
  const points = chosen.reduce((sum, { completed_points }) => sum + completed_points, 0);
  if (points > MAX_POINTS)
    throw tooLarge(
      `The sessions have ${grouped(points)} points together, at most ${grouped(MAX_POINTS)} are drawn`,
    );
  const sessions = await listByIds(
    db,
    chosen.map(({ id }) => id),
  );
  const frames: Frame[] = [];
  let refusal: HttpError | undefined;
  for (const { id, at } of chosen) {
    const session = sessions.find((each) => each.id === id);
    if (!session) continue;
    try {
      const values = await selectMapValues(db, session, query);
      const references = query.corrected ? (await driftOf(db, session)).references : undefined;
      frames.push({ session, at, values, references });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      refusal ??= error;
    }
  }
  if (frames.length === 0) throw refusal ?? new HttpError(409, 'The sessions were deleted');
  return frames;
}

function rangedOf(frames: readonly Frame[], corrected: boolean): RangedFrame[] {
  return frames.map(({ session, values, references }) => ({
    points: session.completed_points,
    references,
    read: () => values.read(corrected),
  }));
}

/** Fires when the client has disconnected, or has its response. */
function untilClosed(response: Response): AbortSignal {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return closed.signal;
}

async function drawFilm<Q extends Query>(
  painter: Painter,
  { request: { name, time_zone } }: ScheduleRow,
  frames: Frame[],
  query: Q,
  filmOf: (query: Q, captions: string[]) => FilmKind,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const { corrected = false, min, max, size: sizePx, projection, fit, palette, theme } = query;
  signal.throwIfAborted();
  const unit = frames.at(-1)?.values.unit ?? 'dBFS';
  const found =
    min === undefined || max === undefined
      ? await commonRange(rangedOf(frames, corrected), MIN_SPANS[unit], signal)
      : undefined;
  const range = {
    ...(found && rangeWith(found, { min, max })),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
  const timeText = timeTexts(time_zone);
  const images: Uint8Array[] = [];
  for (const { session, at, values, references } of frames) {
    const drawing: Drawing = {
      projection,
      fit,
      palette,
      theme,
      title: timeText(at),
      subtitle: [name.replace(/\p{C}+/gu, ' '), `scan ${session.id}`, values.title]
        .filter(Boolean)
        .join(' · '),
      bounds: boundsOf(session),
      added: addedOf(session),
      sizePx,
      range,
      isCommonRange: min === undefined && max === undefined,
      unit,
      references,
    };
    images.push(await painter.draw(drawing, () => values.read(corrected), signal));
    const pixels = images.length > 0 ? frames.length * areaOf(images[0]) : 0;
    if (pixels > MAX_PIXELS)
      throw tooLarge(
        `The maps have ${grouped(pixels)} pixels together, at most ${grouped(MAX_PIXELS)}: use size or max_frames`,
      );
  }
  const sizes = images.map(sizeOf);
  const joined: Film = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
    theme,
    ...filmOf(
      query,
      frames.map(({ at }) => timeText(at)),
    ),
  };
  return painter.join(joined, images, signal);
}

/** The range found, if one end is given: at least as wide as with both found. */
function rangeWith(
  found: { min: number; max: number },
  given: { min: number | undefined; max: number | undefined },
): { min: number; max: number } {
  const span = found.max - found.min;
  if (given.min !== undefined) return { min: given.min, max: Math.max(found.max, given.min + span) };
  if (given.max !== undefined) return { min: Math.min(found.min, given.max - span), max: given.max };
  return found;
}

/** Width and height are at fixed places of a PNG (its header chunk is the first one). */
function sizeOf(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function areaOf(png: Uint8Array | undefined): number {
  if (!png) return 0;
  const { width, height } = sizeOf(png);
  return width * height;
}

/** 2027-03-28 03:00 GMT+2 */
function timeTexts(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('sv', {
    timeZone,
    dateStyle: undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
  return (at) => format.format(at);
}

function tooLarge(msg: string): HttpError {
  return new HttpError(422, [{ loc: ['query', 'max_frames'], msg, type: 'value_error' }]);
}

function tagOf(schedule: ScheduleRow, type: string, query: object, frames: readonly FrameRow[]): string {
  const { name, time_zone } = schedule.request;
  const facts = [VERSION, schedule.id, name, time_zone, type, query, frames];
  return `"${createHash('sha256').update(JSON.stringify(facts)).digest('base64url').slice(0, 27)}"`;
}
