import { createHash } from 'node:crypto';
import type { KnownSkyKind, KnownSkySource } from '#contract/known-sky-values';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { replaceKnownSet, type NewKnownSet } from '../store/known-sky/sets.ts';
import type { Database } from '../store/queryable.ts';

/** A set that sky-analyst has read, and what is to be stored of it. */
export interface ReadSet {
  set: NewKnownSet;
  records: Buffer[];
  /** As it was uploaded; only of emitters, which the owner can read again. */
  document: Buffer | null;
}

/**
 * Sends files to sky-analyst as they arrive. Throws `no_room` as soon as they exceed a limit,
 * `invalid` without a usable record, `unavailable` without sky-analyst.
 */
export async function readSet(
  analyst: Pick<SkyAnalyst, 'readKnownSky'>,
  kind: KnownSkyKind,
  source: KnownSkySource,
  files: Iterable<AsyncIterable<Buffer>>,
  signal: AbortSignal,
): Promise<ReadSet> {
  const kept: Buffer[] = [];
  const { records, summary } = await analyst.readKnownSky(
    kind,
    kind === 'emitters' ? keeping(files, kept) : files,
    signal,
  );
  const hash = createHash('sha256');
  for (const batch of records) hash.update(batch);
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));
  return {
    set: {
      kind,
      source,
      version: hash.digest('hex').slice(0, 32),
      count: summary.count,
      skipped: summary.skipped,
      first_reason: summary.firstReason ?? null,
      oldest_epoch: time(summary.oldestEpochMs),
      newest_epoch: time(summary.newestEpochMs),
    },
    records,
    document: kind === 'emitters' ? Buffer.concat(kept) : null,
  };
}

/** Replaces what is stored. */
export function storeSet(db: Database, { set, records, document }: ReadSet): Promise<void> {
  return replaceKnownSet(db, set, records, document);
}

function* keeping(files: Iterable<AsyncIterable<Buffer>>, kept: Buffer[]): Generator<AsyncIterable<Buffer>> {
  for (const file of files) yield keepingChunks(file, kept);
}

async function* keepingChunks(file: AsyncIterable<Buffer>, kept: Buffer[]): AsyncGenerator<Buffer> {
  for await (const chunk of file) {
    kept.push(chunk);
    yield chunk;
  }
}
