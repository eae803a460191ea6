/** A block of points in the columnar format (`?format=columnar`, described in /docs). */
export interface Block {
  rows: number;
  columns: Map<string, Float64Array | Uint32Array>;
  /** Bit i of the column `flags` stands for entry i. */
  flags: string[];
}

/** Throws an Error if the block lacks the column. */
export function columnOf({ columns }: Block, name: string): Float64Array | Uint32Array {
  const values = columns.get(name);
  if (!values) throw new Error(`the columns lack ${name}`);
  return values;
}

/** The rows [from, to) of a block that follow `lastSeq` without a gap. */
export function nextRows(block: Block, lastSeq: number): { from: number; to: number } {
  const seqs = columnOf(block, 'seq');
  let from = 0;
  while (from < block.rows && (seqs[from] ?? NaN) <= lastSeq) from++;
  let to = from;
  while (to < block.rows && seqs[to] === lastSeq + 1 + to - from) to++;
  return { from, to };
}

interface Header {
  rows: number;
  columns: { name: string; type: 'float64' | 'uint32' }[];
  flags: string[];
}

/** The part of a block that has arrived: of its header line, or of its body. */
type PartialBlock =
  { line: Uint8Array<ArrayBuffer> } | { header: Header; body: Uint8Array<ArrayBuffer>; filled: number };

const LINE_FEED = 10;

/**
 * Returns an incremental parser: each call takes the next bytes and returns the blocks that are
 * complete. Throws an Error for data in another format.
 */
export function createColumnarReader(): (bytes: Uint8Array<ArrayBuffer>) => Block[] {
  let part: PartialBlock = { line: new Uint8Array(0) };
  return (bytes) => {
    const blocks: Block[] = [];
    for (let offset = 0; offset < bytes.length;) {
      const rest = bytes.subarray(offset);
      if ('line' in part) {
        const end = rest.indexOf(LINE_FEED);
        const piece = end < 0 ? rest : rest.subarray(0, end + 1);
        offset += piece.length;
        const line = concat(part.line, piece);
        part = end < 0 ? { line } : emptyBody(line);
        continue;
      }
      const { header, body } = part;
      const piece = rest.subarray(0, body.length - part.filled);
      body.set(piece, part.filled);
      offset += piece.length;
      part = { header, body, filled: part.filled + piece.length };
      if (part.filled < body.length) continue;
      blocks.push(blockOf(header, body.buffer));
      part = { line: new Uint8Array(0) };
    }
    return blocks;
  };
}

function emptyBody(line: Uint8Array<ArrayBuffer>): PartialBlock {
  const header = JSON.parse(new TextDecoder().decode(line)) as Header;
  return { header, body: new Uint8Array(bodyLength(header)), filled: 0 };
}

function blockOf({ rows, columns, flags }: Header, buffer: ArrayBuffer): Block {
  let offset = 0;
  const entries = columns.map(({ name, type }) => {
    // No copy: columns start at multiples of 8 bytes and are little-endian, like all browsers.
    const values =
      type === 'float64' ? new Float64Array(buffer, offset, rows) : new Uint32Array(buffer, offset, rows);
    offset += roundUp(values.byteLength);
    return [name, values] as const;
  });
  return { rows, columns: new Map(entries), flags };
}

function bodyLength({ rows, columns }: Header): number {
  return columns.reduce((sum, { type }) => sum + roundUp(rows * (type === 'float64' ? 8 : 4)), 0);
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function concat(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
