import { z } from 'zod';
import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { Journal } from '../engine/ports.ts';
import type { SessionRecord } from '../engine/session-record.ts';
import type { JournalledSession } from '../engine/supervisor.ts';
import { DAMAGED } from './checked-json.ts';
import { allKeys, cellsKey, pointKey, pointsOf, sessionKey, VERSION_KEY } from './keys.ts';
import { openLevelStore, type Level } from './level-store.ts';
import { loadSessions } from './load-sessions.ts';
import { pointOfStored, sizeOf, storedPoint, type StoredPoint } from './stored-point.ts';

// Values of version 1 have no checksum.
const VERSION = 2;
/** Of the points of one answer; a message of gRPC may have 16 MiB. */
const MAX_READ_BYTES = 2 * 2 ** 20;
const versionSchema = z.int();

export interface OpenJournal extends Journal {
  /** Reads all sessions. Damaged entries are logged, noted on their session and deleted. */
  loadSessions(): Promise<JournalledSession[]>;
  close(): Promise<void>;
}

/** Opens the journal. Throws when it is in use, unreadable or of a newer version. */
export async function openJournal(folder: string, logger: Logger): Promise<OpenJournal> {
  const store = await openLevelStore(folder, logger);
  // Plain JSON, so that other programs can read it.
  const plain = { valueEncoding: 'json' };
  const version = versionSchema.catch(VERSION).parse(await store.level.get(VERSION_KEY));
  if (version > VERSION) {
    await store.close();
    throw new SkyScanError(
      'unsupported',
      `the journal in ${folder} has version ${version}; this program supports version ${VERSION} and does not change it`,
    );
  }
  if (version < VERSION)
    await store.write((level) => level.put(VERSION_KEY, VERSION, { ...plain, sync: true }));

  const cellsOf = (record: SessionRecord) => Buffer.from(record.confirmedCells).toString('base64');
  const withoutCells = ({ confirmedCells: _cells, ...rest }: SessionRecord) => rest;
  const sessionBatch = (level: Level, record: SessionRecord) =>
    level
      .batch()
      .put(sessionKey(record.sessionId), withoutCells(record))
      .put(cellsKey(record.sessionId), cellsOf(record));

  return {
    saveSession: (record) => store.write((level) => sessionBatch(level, record).write({ sync: true })),
    appendPoint: (sessionId, point) =>
      store.write((level) => level.put(pointKey(sessionId, point.seq), storedPoint(point), { sync: true })),
    async readPoints(sessionId, afterSeq, limit, withSpectra = false) {
      const range = { ...pointsOf(sessionId, afterSeq + 1), limit };
      const points: MeasuredPoint[] = [];
      let bytes = 0;
      for await (const value of store.level.values(range)) {
        if (value === DAMAGED) break;
        const point = pointOfStored(value as StoredPoint, withSpectra);
        points.push(point);
        bytes += sizeOf(point);
        if (bytes >= MAX_READ_BYTES) break;
      }
      return points;
    },
    forgetPoints: (record) =>
      store.write(async (level) => {
        const batch = sessionBatch(level, record);
        const range = pointsOf(record.sessionId, 0, record.confirmedSeq);
        for await (const key of level.keys(range)) batch.del(key);
        await batch.write();
      }),
    deleteSession: (sessionId) =>
      store.write(async (level) => {
        const batch = level.batch();
        for (const key of await allKeys(level, sessionId)) batch.del(key);
        await batch.write();
      }),
    loadSessions: () => loadSessions(store, logger),
    close: () => store.close(),
  };
}
