/** Reads the columns of one row in PostgreSQL's binary COPY format, one after the other. */
export class BinaryRow {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Begins with another row: its count of columns and what follows. */
  read(bytes: Buffer): this {
    this.#bytes = bytes;
    this.#at = 2;
    return this;
  }

  int4(): number {
    const at = this.#at + 4;
    this.#at = at + 4;
    return this.#bytes.readInt32BE(at);
  }

  /** A part of what was given, not a copy. */
  bytes(): Buffer {
    return this.#next() ?? this.#bytes.subarray(0, 0);
  }

  text(): string | null {
    return this.#next()?.toString('utf8') ?? null;
  }

  #next(): Buffer | null {
    const length = this.#bytes.readInt32BE(this.#at);
    const at = this.#at + 4;
    this.#at = at + Math.max(0, length);
    return length < 0 ? null : this.#bytes.subarray(at, this.#at);
  }
}
