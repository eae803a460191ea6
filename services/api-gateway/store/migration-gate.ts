import { SkyScanError, errorKind } from '#shared/base/errors';
import type { Database, Queryable } from './database.ts';

/** A database whose schema may still be an older one. */
export interface GatedDatabase extends Database {
  /**
   * What cannot wait for the schema, as where a rotor is that has to be stopped: a question that
   * the schema of the moment cannot answer is `unavailable`.
   */
  ungated: Queryable;
  /** Why it is not open yet, for those who ask meanwhile. */
  setReason: (reason: string) => void;
  /** The reason; undefined once it is open. */
  readonly notReadyReason: string | undefined;
  /** Once the schema is up to date. */
  open(): void;
}

/**
 * Lets nothing through until it is opened, and throws `unavailable` instead: half of a schema
 * answers half of the questions wrongly.
 */
export function gateUntilMigrated(db: Database): GatedDatabase {
  let isOpen = false;
  let reason = 'it is being prepared';
  const notYet = () => new SkyScanError('unavailable', `Cannot connect to the database: ${reason}`);
  async function whenOpen<T>(work: () => Promise<T>): Promise<T> {
    if (!isOpen) throw notYet();
    return work();
  }
  async function orNotYet<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw isOpen || errorKind(error) === 'unavailable' ? error : notYet();
    }
  }
  return {
    query: (sql, values) => whenOpen(() => db.query(sql, values)),
    transaction: (work) => whenOpen(() => db.transaction(work)),
    copy: (sql, decode) => whenOpen(() => db.copy(sql, decode)),
    ungated: { query: (sql, values) => orNotYet(db.query(sql, values)) },
    close: () => db.close(),
    setReason: (why) => void (reason = why),
    get notReadyReason() {
      return isOpen ? undefined : reason;
    },
    open: () => void (isOpen = true),
  };
}
