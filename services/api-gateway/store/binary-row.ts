/** 1970-01-01 to 2000-01-01, where PostgreSQL's time begins. */
const EPOCH_MS = 946_684_800_000;

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

  float8(): number {
    const at = this.#at + 4;
    this.#at = at + 8;
    return this.#bytes.readDoubleBE(at);
  }

  /** A timestamptz as Unix milliseconds, whole ones. */
  timestampMs(): number {
    const at = this.#at + 4;
    this.#at = at + 8;
    const micros = this.#bytes.readInt32BE(at) * 2 ** 32 + this.#bytes.readUInt32BE(at + 4);
    return EPOCH_MS + Math.round(micros / 1000);
  }

  /** A part of what was given, not a copy. */
  bytes(): Buffer {
    const length = this.#bytes.readInt32BE(this.#at);
    const at = this.#at + 4;
    this.#at = at + Math.max(0, length);
    return this.#bytes.subarray(at, this.#at);
  }

  text(): string | null {
    const length = this.#bytes.readInt32BE(this.#at);
    const at = this.#at + 4;
    this.#at = at + Math.max(0, length);
    return length < 0 ? null : this.#bytes.toString('utf8', at, at + length);
  }
}
