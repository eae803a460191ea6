import { setTimeout as delay } from 'node:timers/promises';
import { isTemporary } from '#shared/base/errors';
import { backoffMs } from '#shared/runtime/waiting';
import type { Database } from '../store/queryable.ts';
import { createBlock, type PointBlock } from '../store/point-block.ts';
import { readBlock } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import { prefetch } from './bulk-response.ts';

// The first block is small, so that the response starts soon. The largest block takes half a
// megabyte.
const ROWS = { first: 256, growth: 4, max: 4_096 };

// A download of minutes outlives a restart of the database; its client waits 30 s for more.
const RETRIES = { count: 6, firstMs: 250, maxMs: 8_000 };

/**
 * Stored points in the order of seq; a block is valid until the next one is requested. Each block
 * is a separate query, so a slow reader holds no connection and no snapshot, only its block and the
 * next one, which is read ahead.
 */
export function pointBlocks(
  db: Pick<Database, 'copy'>,
  session: Pick<SessionRow, 'id'>,
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<PointBlock> {
  return prefetch(readBlocks(db, session, afterSeq, upToSeq));
}

async function* readBlocks(
  db: Pick<Database, 'copy'>,
  session: Pick<SessionRow, 'id'>,
  from: number,
  upToSeq: number,
): AsyncGenerator<PointBlock, void> {
  const maxRows = Math.min(ROWS.max, upToSeq - from);
  // Two blocks in alternation: new ones each time would be promoted to V8's old generation, which
  // is collected only at 64 MB.
  let [buffer, spare] = [createBlock(Math.max(0, maxRows)), createBlock(Math.max(0, maxRows))];
  let limit = ROWS.first;
  for (let afterSeq = from; afterSeq < upToSeq;) {
    const range = { afterSeq, upToSeq, limit };
    const memory = buffer;
    const read = () => readBlock(db, session.id, range, memory);
    // The first one is answered at once: a proper 503.
    const block = await (afterSeq === from ? read() : patiently(read));
    [buffer, spare] = [spare, buffer];
    const last = block.counts.seq.at(-1);
    if (last === undefined) return;
    yield block;
    afterSeq = last;
    limit = Math.min(limit * ROWS.growth, ROWS.max);
  }
}

/** Repeats reading while the database is temporarily not available. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await read();
    } catch (error) {
      if (attempt >= RETRIES.count || !isTemporary(error)) throw error;
      await delay(backoffMs(attempt, RETRIES.firstMs, RETRIES.maxMs));
    }
}
