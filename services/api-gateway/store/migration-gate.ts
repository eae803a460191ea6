import { SkyScanError, errorKind } from '#shared/base/errors';
import type { Database, Queryable } from './queryable.ts';

/** A database whose schema may not be up to date yet. */
export interface GatedDatabase extends Database {
  /**
   * For queries that cannot wait, such as for the rotor to stop. A query that the old schema cannot
   * answer throws `unavailable`.
   */
  ungated: Queryable;
  /** Sets the reason in the error messages until the gate opens. */
  setReason: (reason: string) => void;
  /** The reason; undefined once the gate is open. */
  readonly notReadyReason: string | undefined;
  /** Opens the gate; call it once the schema is up to date. */
  open(): void;
}

/**
 * Refuses all queries with `unavailable` until it is opened: a partial schema would return wrong
 * results.
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
    setReason: (text) => void (reason = text),
    get notReadyReason() {
      return isOpen ? undefined : reason;
    },
    open: () => void (isOpen = true),
  };
}
