import type { KnownSkyKind, KnownSkySource } from '#contract/known-sky-values';
import { createBinaryRow } from '../binary-row.ts';
import type { Database, Queryable } from '../queryable.ts';

/** A set of known objects, without its records. */
export interface KnownSetRow extends NewKnownSet {
  fetched_at: Date;
}

export interface NewKnownSet {
  kind: KnownSkyKind;
  /** Changes with the records. */
  version: string;
  source: KnownSkySource;
  count: number;
  skipped: number;
  first_reason: string | null;
  oldest_epoch: Date | null;
  newest_epoch: Date | null;
}

const FIELDS = [
  'kind',
  'version',
  'source',
  'count',
  'skipped',
  'first_reason',
  'oldest_epoch',
  'newest_epoch',
] as const satisfies (keyof NewKnownSet)[];

export async function findKnownSet(db: Queryable, kind: KnownSkyKind): Promise<KnownSetRow | undefined> {
  const [row] = await db.query<KnownSetRow>(
    `select ${FIELDS.join(', ')}, fetched_at from known_sky where kind = $1`,
    [kind],
  );
  return row;
}

/** The versions of all sets, in the order of their names. */
export function listVersions(db: Queryable): Promise<{ kind: KnownSkyKind; version: string }[]> {
  return db.query('select kind, version from known_sky order by kind');
}

/** Replaces a set as a whole: no reader sees a part of it. `document`: what was uploaded. */
export async function replaceKnownSet(
  db: Database,
  set: NewKnownSet,
  records: readonly Buffer[],
  document: Buffer | null,
): Promise<void> {
  await db.transaction(async (tx) => {
    await deleteKnownSet(tx, set.kind);
    const places = FIELDS.map((_, k) => `$${k + 1}`).join(', ');
    await tx.query(
      `insert into known_sky (${FIELDS.join(', ')}, document) values (${places}, $${FIELDS.length + 1})`,
      [...FIELDS.map((field) => set[field]), document],
    );
    for (const [batch, bytes] of records.entries())
      await tx.query('insert into known_sky_records (kind, batch, records) values ($1, $2, $3)', [
        set.kind,
        batch,
        bytes,
      ]);
  });
}

export async function deleteKnownSet(tx: Queryable, kind: KnownSkyKind): Promise<void> {
  // Two replacements follow each other, also when there is no row to lock yet.
  await tx.query(`select pg_advisory_xact_lock(hashtext('known_sky ' || $1))`, [kind]);
  await tx.query('delete from known_sky where kind = $1', [kind]);
}

/** What was uploaded. */
export async function findDocument(db: Queryable, kind: KnownSkyKind): Promise<Buffer | undefined> {
  const [row] = await db.query<{ document: Buffer }>(
    'select document from known_sky where kind = $1 and document is not null',
    [kind],
  );
  return row?.document;
}

/** The records of some sets, all at one instant. */
export function readKnownRecords(
  db: Pick<Database, 'copy'>,
  kinds: readonly KnownSkyKind[],
): Promise<{ kind: KnownSkyKind; records: Buffer }[]> {
  if (kinds.length === 0) return Promise.resolve([]);
  const row = createBinaryRow();
  const list = kinds.map((kind) => `'${kind}'`).join(', ');
  return db.copy(
    `copy (select kind, records from known_sky_records where kind in (${list}) order by kind, batch) to stdout (format binary)`,
    (bytes) => {
      const columns = row.read(bytes);
      // The bytes are valid only during the call.
      return { kind: columns.text() as KnownSkyKind, records: Buffer.from(columns.bytes()) };
    },
  );
}
