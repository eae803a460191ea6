/** Reads the columns of a row in PostgreSQL's binary COPY format. */
export class BinaryRow {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** Starts reading a row, which begins with its number of columns. */
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

  /** A view of the row, not a copy. */
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
