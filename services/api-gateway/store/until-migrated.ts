import { SkyScanError } from '#shared/errors';
import type { Database } from './database.ts';

/** A database whose schema may still be an older one. */
export interface ClosedDatabase extends Database {
  /** Once the schema is up to date. */
  open(): void;
}

/** Lets nothing through until it is opened, and throws `unavailable` instead: half of a schema answers half of the questions wrongly. */
export function closedUntilMigrated(db: Database): ClosedDatabase {
  let isOpen = false;
  async function whenOpen<T>(work: () => Promise<T>): Promise<T> {
    if (!isOpen)
      throw new SkyScanError('unavailable', 'Cannot connect to the database: it is being prepared');
    return work();
  }
  return {
    query: (sql, values) => whenOpen(() => db.query(sql, values)),
    transaction: (work) => whenOpen(() => db.transaction(work)),
    copy: (sql, decode) => whenOpen(() => db.copy(sql, decode)),
    close: () => db.close(),
    open: () => void (isOpen = true),
  };
}
