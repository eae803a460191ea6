/**
 * Runs SQL. Throws `unavailable` if the database cannot be reached or does not answer in time,
 * `no_room` if its disk is full.
 */
export interface Queryable {
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
  /** Runs a transaction on one connection; rolls back if the work throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  /** `copy (...) to stdout (format binary)`; see `copyOut`. */
  copy<Row>(sql: string, decode: (bytes: Buffer) => Row): Promise<Row[]>;
  close(): Promise<void>;
}
