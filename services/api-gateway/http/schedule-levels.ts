import type { RequestHandler } from 'express';
import { levelsQuerySchema, type LevelsQuery, type ScheduleLevels } from '#contract/rest/schedule-history';
import { SkyScanError } from '#shared/base/errors';
import { cellsAround } from '../domain/cells-around.ts';
import { roundedTo } from '../domain/rounding.ts';
import { levelIntervals } from '../domain/schedules/level-intervals.ts';
import { readCellLevels, readPointLevels } from '../store/cell-levels.ts';
import type { Database } from '../store/queryable.ts';
import { isCalibrated } from '../store/levels.ts';
import { listGrids, readSourceLevels, type LevelRow } from '../store/schedules/history.ts';
import type { ScheduleRow } from '../store/schedules/schedules.ts';
import { findEntry } from '../store/sources/catalogue.ts';
import { acceptedFormat } from './accepted-format.ts';
import { CSV_TYPE } from './csv.ts';
import { HttpError, parseOr422 } from './errors.ts';

const MEDIA_TYPES = { json: 'application/json', csv: CSV_TYPE.mediaType };
/** More would be a map, not a direction. */
const MAX_CELLS = 50;
const DECIMALS = 3;

/** `/levels`: the level of a direction or a source over the sessions of a schedule. */
export function scheduleLevelsHandler(
  db: Database,
  scheduleOf: (id: unknown) => Promise<ScheduleRow>,
): RequestHandler {
  return async (request, response) => {
    const query = parseOr422(levelsQuerySchema, request.query, 'query');
    const format = query.format ?? acceptedFormat(request, MEDIA_TYPES);
    const { id } = await scheduleOf(request.params['schedule_id']);
    const rows = await (query.source_id === undefined
      ? levelsOfDirection(db, id, query)
      : levelsOfSource(db, id, query.source_id, query));
    rows.sort((a, b) => a.at_ms - b.at_ms);
    const levels = rows.map((row) => ({ sessionId: row.id, atMs: row.at_ms, level: row.level }));
    const newest = rows.at(-1);
    const answer: ScheduleLevels = {
      unit:
        query.source_id !== undefined ? 'dB' : newest && (await isCalibrated(db, newest.id)) ? 'dBm' : 'dBFS',
      sessions: rows.length,
      points: levelIntervals(levels, query.max_points).map((interval) => ({
        from: new Date(interval.fromMs).toISOString(),
        to: new Date(interval.toMs).toISOString(),
        sessions: interval.sessions,
        session_id: interval.sessionId,
        median: roundedTo(interval.median, DECIMALS),
        min: roundedTo(interval.min, DECIMALS),
        max: roundedTo(interval.max, DECIMALS),
      })),
    };
    if (format === 'json') response.json(answer);
    else response.type(CSV_TYPE.contentType).send(toCsv(answer));
  };
}

async function levelsOfDirection(db: Database, scheduleId: number, query: LevelsQuery): Promise<LevelRow[]> {
  const { azimuth = 0, elevation = 0, radius_deg } = query;
  const rows: LevelRow[] = [];
  for (const { bounds, isStored, times } of await listGrids(db, scheduleId, query)) {
    const cells = cellsAround(bounds, { azimuthDeg: azimuth, elevationDeg: elevation }, radius_deg);
    if (cells.length > MAX_CELLS) {
      const msg = `Must be smaller: ${cells.length} cells are within ${radius_deg} deg, at most ${MAX_CELLS}`;
      throw new HttpError(422, [{ loc: ['query', 'radius_deg'], msg, type: 'value_error' }]);
    }
    if (cells.length === 0) continue;
    const ids = [...times.keys()].sort((a, b) => a - b);
    const levels = isStored
      ? await readCellLevels(db, scheduleId, [ids[0] ?? 0, ids.at(-1) ?? 0], cells)
      : await readPointLevels(db, ids, cells);
    for (const id of ids) {
      const level = levels.get(id);
      if (level !== undefined) rows.push({ id, at_ms: times.get(id) ?? NaN, level });
    }
  }
  return rows;
}

async function levelsOfSource(
  db: Database,
  scheduleId: number,
  sourceId: number,
  query: LevelsQuery,
): Promise<LevelRow[]> {
  const entry = await findEntry(db, sourceId);
  if (!entry) throw new SkyScanError('not_found', 'Source not found');
  return readSourceLevels(db, scheduleId, entry.id, query);
}

/** RFC 4180 with a header line. */
function toCsv({ unit, points }: ScheduleLevels): string {
  const names = [
    'from',
    'to',
    'sessions',
    'session_id',
    ...['median', 'min', 'max'].map((name) => `${name}_${unit.toLowerCase()}`),
  ];
  const lines = points.map((point) => [
    point.from,
    point.to,
    point.sessions,
    point.session_id,
    point.median,
    point.min,
    point.max,
  ]);
  return [names, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('');
}
