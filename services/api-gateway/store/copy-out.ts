import type { Connection, PoolClient } from 'pg';

/** `PGCOPY\n\377\r\n\0`, flags and extension length, before the first row. */
const HEADER_BYTES = 19;
/** The number of columns in the trailer. */
const TRAILER = -1;

/**
 * Runs `copy (...) to stdout (format binary)` and decodes rows as they arrive, in a fifth of the
 * time of text rows in node-postgres. `decode` receives a row from its number of columns on; the
 * bytes are valid only during the call.
 */
export function copyOut<Row>(
  client: PoolClient,
  sql: string,
  decode: (bytes: Buffer) => Row,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    const copy = new CopyOut(sql, decode, (error) => (error ? reject(error) : resolve(copy.rows)));
    client.query(copy);
  });
}

/** A query object of node-postgres, whose methods are called with the server's messages. */
class CopyOut<Row> {
  readonly rows: Row[] = [];
  /** node-postgres wraps it with its timeout. */
  callback: (error?: Error) => void;
  readonly #sql: string;
  readonly #decode: (bytes: Buffer) => Row;
  #isHeaderRead = false;
  #error: Error | undefined;

  constructor(sql: string, decode: (bytes: Buffer) => Row, callback: (error?: Error) => void) {
    this.#sql = sql;
    this.#decode = decode;
    this.callback = callback;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  /**
   * The server sends one row per message, the header with the first one (PostgreSQL's protocol,
   * COPY operations).
   */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const bytes = this.#isHeaderRead ? chunk : chunk.subarray(HEADER_BYTES);
    this.#isHeaderRead = true;
    if (this.#error !== undefined || bytes.length === 0 || bytes.readInt16BE(0) === TRAILER) return;
    try {
      this.rows.push(this.#decode(bytes));
    } catch (error) {
      // An error here would not be caught; the remaining messages must be read anyway.
      this.#error = error instanceof Error ? error : new Error(String(error));
    }
  }

  handleCommandComplete(): void {
    // `handleReadyForQuery` follows.
  }

  handleReadyForQuery(): void {
    this.callback(this.#error);
  }

  handleError(error: Error): void {
    this.callback(error);
  }
}
