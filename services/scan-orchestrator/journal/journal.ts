import { mkdirSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';
import { z } from 'zod';
import { SkyScanError, errorMessage } from '#shared/errors';
import type { MeasuredPoint } from '../domain/measurement.ts';
import type { Journal } from '../engine/ports.ts';
import { cellOf, type SessionRecord } from '../engine/session-record.ts';
import type { JournalledSession } from '../engine/supervisor.ts';

// Layout: version -> 1; s!ID -> session; c!ID -> confirmed cells; p!ID!SEQ -> point. Numbers have ten digits, so that
// the order of keys is the order of numbers.
const VERSION = 1;
// What a record of an older version lacks.
const NO_OBSTACLES = { horizon: [], keepOut: [] };
const NOT_SUSPENDED = { suspended: false };
type KeptRecord = Omit<SessionRecord, 'confirmedCells'>;
const versionSchema = z.int();
const key = (n: number) => String(n).padStart(10, '0');
const sessionKey = (id: number) => `s!${key(id)}`;
const cellsKey = (id: number) => `c!${key(id)}`;
const pointKey = (id: number, seq: number) => `p!${key(id)}!${key(seq)}`;

export interface OpenJournal extends Journal {
  loadSessions(): Promise<JournalledSession[]>;
  close(): Promise<void>;
}

/** Opens the journal in a folder of its own. Throws one clear sentence when it is in use, unreadable or newer than we are. */
export async function openJournal(folder: string): Promise<OpenJournal> {
  mkdirSync(folder, { recursive: true });
  // sync: a power cut after the call has returned loses nothing; LevelDB drops a torn tail when it opens.
  const level = new ClassicLevel<string, unknown>(folder, { valueEncoding: 'json' });
  try {
    await level.open();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new SkyScanError(
      'unavailable',
      `the journal in ${folder} cannot be opened: ${errorMessage(cause)}`,
      {
        cause: error,
      },
    );
  }
  const version = versionSchema.parse((await level.get('version')) ?? VERSION);
  if (version > VERSION) {
    await level.close();
    throw new SkyScanError(
      'unsupported',
      `the journal in ${folder} has version ${version}; this program knows version ${VERSION} and leaves it alone`,
    );
  }
  await level.put('version', VERSION, { sync: true });

  const cellsOf = (record: SessionRecord) => Buffer.from(record.confirmedCells).toString('base64');
  const withoutCells = ({ confirmedCells: _cells, ...rest }: SessionRecord) => rest;

  async function points(sessionId: number, afterSeq: number, limit: number): Promise<MeasuredPoint[]> {
    const range = { gt: pointKey(sessionId, afterSeq), lt: pointKey(sessionId, 9_999_999_999), limit };
    return (await level.values(range).all()) as MeasuredPoint[];
  }

  return {
    async saveSession(record) {
      const batch = level.batch().put(sessionKey(record.sessionId), withoutCells(record));
      await batch.put(cellsKey(record.sessionId), cellsOf(record)).write({ sync: true });
    },
    async appendPoint(sessionId, point) {
      await level.put(pointKey(sessionId, point.seq), point, { sync: true });
    },
    readPoints: points,
    async forgetPoints(record) {
      const { sessionId, confirmedSeq } = record;
      const batch = level.batch().put(sessionKey(sessionId), withoutCells(record));
      batch.put(cellsKey(sessionId), cellsOf(record));
      const range = { gte: pointKey(sessionId, 0), lte: pointKey(sessionId, confirmedSeq) };
      for await (const pointOf of level.keys(range)) batch.del(pointOf);
      await batch.write();
    },
    async deleteSession(sessionId) {
      const batch = level.batch().del(sessionKey(sessionId)).del(cellsKey(sessionId));
      for await (const pointOf of level.keys({
        gte: pointKey(sessionId, 0),
        lt: pointKey(sessionId, 9_999_999_999),
      }))
        batch.del(pointOf);
      await batch.write();
    },
    async loadSessions() {
      const sessions: JournalledSession[] = [];
      for await (const stored of level.values({ gt: 's!', lt: 's"' })) {
        const kept = stored as KeptRecord;
        const cells = (await level.get(cellsKey(kept.sessionId))) as string | undefined;
        const record: SessionRecord = {
          ...kept,
          rotor: { ...NO_OBSTACLES, ...kept.rotor },
          state: { ...NOT_SUSPENDED, ...kept.state },
          confirmedCells: Buffer.from(cells ?? '', 'base64'),
        };
        const journalled = await points(record.sessionId, record.confirmedSeq, -1);
        sessions.push({ record, cells: journalled.map((point) => cellOf(point, record)) });
      }
      return sessions;
    },
    close: () => level.close(),
  };
}
