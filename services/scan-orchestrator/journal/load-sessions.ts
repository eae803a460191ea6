import { z } from 'zod';
import { columnsInRow, gridColumns, gridShape } from '#shared/sky/grid-shape';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { Logger } from '#shared/runtime/logger';
import { counted } from '#shared/base/plurals';
import { gridCells, isOpenEnded, totalPoints, type SessionRecord } from '../engine/session-record.ts';
import type { JournalledSession } from '../engine/supervisor.ts';
import { DAMAGED } from './checked-json.ts';
import { allKeys, cellsKey, pointKey, POINTS, pointsOf, sessionOfPoint, SESSIONS } from './keys.ts';
import type { Level, LevelStore } from './level-store.ts';
import { stateOf, type StoredState } from './stored-state.ts';

// Defaults of fields that older versions lack.
const SAME_STEP_IN_EVERY_ROW = { kind: 'rectangular' } as const;
const NO_OBSTACLES = { horizon: [], keepOut: [] };
type KeptRecord = Omit<SessionRecord, 'confirmedCells' | 'state' | 'rotor'> & {
  state: StoredState;
  rotor: RotorConfig & { receiver: { /** The name, as written by versions up to 0.2. */ receiver?: string } };
};

const placeSchema = z.object({
  seq: z.int(),
  row: z.int().min(0),
  column: z.int().min(0),
  measuredAtMs: z.number().catch(-Infinity),
});

/**
 * Loads all intact sessions. Points count up to the first missing or damaged one; the rest are
 * measured again. A session without its record is deleted: the gateway hands it over again.
 */
export async function loadSessions(store: LevelStore, logger: Logger): Promise<JournalledSession[]> {
  const { level } = store;
  const useless: string[] = [];
  const sessions: JournalledSession[] = [];
  const records = await level.iterator(SESSIONS).all();
  for (const [key, stored] of records) {
    const id = Number(key.slice(2));
    const record = await recordOf(level, stored, id);
    const loaded = record && (await withPoints(level, record));
    if (loaded?.usable) {
      sessions.push(loaded.session);
      useless.push(...loaded.useless);
      const { length } = loaded.useless;
      if (length > 0) logger.error({ session: id, points: length }, `session ${id}: ${damageNote(length)}`);
    } else {
      useless.push(key, ...(await allKeys(level, id)));
      logger.error(
        { session: id },
        `the journal of session ${id} is damaged; the gateway hands the session over again`,
      );
    }
  }
  useless.push(...(await orphans(level, new Set(sessions.map(({ record }) => record.sessionId)))));
  if (useless.length > 0)
    await store.write(async (level) => {
      const batch = level.batch();
      for (const key of useless) batch.del(key);
      await batch.write({ sync: true });
    });
  return sessions;
}

async function recordOf(level: Level, stored: unknown, id: number): Promise<SessionRecord | undefined> {
  const cells = await level.get(cellsKey(id));
  if (stored === DAMAGED || typeof cells !== 'string') return undefined;
  const kept = stored as KeptRecord;
  if (kept.sessionId !== id) return undefined;
  return {
    ...kept,
    bounds: { ...SAME_STEP_IN_EVERY_ROW, ...kept.bounds },
    rotor: rotorOf(kept.rotor),
    state: stateOf(kept.state),
    confirmedCells: Buffer.from(cells, 'base64'),
  };
}

function rotorOf(stored: KeptRecord['rotor']): RotorConfig {
  const { receiver: oldName, ...receiver } = stored.receiver;
  const named = oldName === undefined ? receiver : { name: oldName, ...receiver };
  return { ...NO_OBSTACLES, ...stored, receiver: named };
}

async function withPoints(
  level: Level,
  record: SessionRecord,
): Promise<{ session: JournalledSession; useless: string[]; usable: boolean }> {
  const { sessionId, confirmedSeq, state } = record;
  const columns = gridColumns(record.bounds);
  const isCell = cellCheck(record);
  const cells: number[] = [];
  const useless: string[] = [];
  let lastMeasuredAtMs = record.lastMeasuredAtMs ?? -Infinity;
  for await (const [key, value] of level.iterator(pointsOf(sessionId, confirmedSeq + 1))) {
    const expected = confirmedSeq + cells.length + 1;
    const place = placeSchema.safeParse(value);
    const cell = place.data && isCell(place.data) ? place.data.row * columns + place.data.column : undefined;
    const follows = key === pointKey(sessionId, expected) && place.data?.seq === expected;
    if (useless.length === 0 && follows && cell !== undefined) {
      cells.push(cell);
      lastMeasuredAtMs = Math.max(lastMeasuredAtMs, place.data?.measuredAtMs ?? -Infinity);
    } else useless.push(key);
  }
  const completed = confirmedSeq + cells.length;
  // A completed scan that lacks points is dropped; the gateway hands it over again if it needs
  // them.
  const usable =
    state.status !== 'completed' ||
    (completed + (record.unreached?.points ?? 0) >= totalPoints(record) && !isOpenEnded(record));
  const note = useless.length > 0 ? damageNote(useless.length) : undefined;
  const noted = note
    ? { ...record, state: { ...state, noteParts: [{ text: note }] }, revision: record.revision + 1 }
    : record;
  if (lastMeasuredAtMs > -Infinity) noted.lastMeasuredAtMs = lastMeasuredAtMs;
  return { session: { record: noted, cells }, useless, usable };
}

/** Whether a place is a cell of the grid or an added point. */
function cellCheck({ bounds, refinement }: SessionRecord) {
  const { rows, columns } = gridShape(bounds);
  const [first, added] = [gridCells(bounds), refinement?.points.length ?? 0];
  return ({ row, column }: { row: number; column: number }) =>
    row < rows
      ? column < columnsInRow(bounds, row)
      : column < columns && row * columns + column - first < added;
}

function damageNote(points: number): string {
  return `the journal was damaged: ${counted(points, 'point')} could not be used and ${points === 1 ? 'is' : 'are'} measured again`;
}

/** Keys of points whose session is missing. */
async function orphans(level: Level, known: ReadonlySet<number>): Promise<string[]> {
  const keys = await level.keys(POINTS).all();
  return keys.filter((key) => {
    const id = sessionOfPoint(key);
    return id === undefined || !known.has(id);
  });
}
