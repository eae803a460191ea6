import type { Client, Connection } from 'pg';

/**
 * `copy ... from stdin` of rows in PostgreSQL's text form (tabs between columns); resolves when
 * they are stored.
 */
export function copyIn(client: Client, sql: string, rows: string): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query(new CopyIn(sql, rows, resolve, reject));
  });
}

/** Members of node-postgres connections that its types lack. */
interface CopyConnection {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sync(): void;
}

const CHUNK = 65_536;

/** A query object of node-postgres: it calls these methods for the server's responses. */
class CopyIn {
  readonly #sql: string;
  readonly #rows: Buffer;
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor(sql: string, rows: string, resolve: () => void, reject: (error: Error) => void) {
    this.#sql = sql;
    this.#rows = Buffer.from(rows);
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    connection.query(this.#sql);
  }

  handleCopyInResponse(connection: CopyConnection): void {
    for (let at = 0; at < this.#rows.length; at += CHUNK)
      connection.sendCopyFromChunk(this.#rows.subarray(at, at + CHUNK));
    connection.endCopyFrom();
  }

  handleCommandComplete(): void {
    // `handleReadyForQuery` follows
  }

  handleReadyForQuery(): void {
    this.#resolve();
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}
