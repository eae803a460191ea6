/** Some points in columns, as `?format=columnar` brings them; see COLUMNAR_DESCRIPTION in /docs. */
export interface Block {
  rows: number;
  columns: Map<string, Float64Array | Uint32Array>;
  /** Bit i of the column `flags` is the i-th word. */
  flags: string[];
}

/** Throws an Error for a block without that column. */
export function columnOf({ columns }: Block, name: string): Float64Array | Uint32Array {
  const values = columns.get(name);
  if (!values) throw new Error(`the columns lack ${name}`);
  return values;
}

interface Header {
  rows: number;
  columns: { name: string; type: 'float64' | 'uint32' }[];
  flags: string[];
}

const LINE_FEED = 10;

/**
 * Reads a columnar stream piece by piece: every call with the next bytes returns the blocks that
 * are whole by then. Throws an Error for bytes that are no such stream.
 */
export function createColumnarReader(): (bytes: Uint8Array<ArrayBuffer>) => Block[] {
  let line: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let header: Header | undefined;
  let body = new Uint8Array(0);
  let filled = 0;

  /** Takes what it can of the bytes and returns how many those were. */
  function takeHeader(bytes: Uint8Array<ArrayBuffer>): number {
    const end = bytes.indexOf(LINE_FEED);
    const taken = end < 0 ? bytes.length : end + 1;
    line = joined(line, bytes.subarray(0, taken));
    if (end < 0) return taken;
    header = JSON.parse(new TextDecoder().decode(line)) as Header;
    line = new Uint8Array(0);
    body = new Uint8Array(bodyLength(header));
    filled = 0;
    return taken;
  }

  return (bytes) => {
    const blocks: Block[] = [];
    for (let offset = 0; offset < bytes.length;) {
      if (!header) {
        offset += takeHeader(bytes.subarray(offset));
        continue;
      }
      const piece = bytes.subarray(offset, offset + body.length - filled);
      body.set(piece, filled);
      filled += piece.length;
      offset += piece.length;
      if (filled < body.length) continue;
      blocks.push(blockOf(header, body.buffer));
      header = undefined;
    }
    return blocks;
  };
}

function blockOf({ rows, columns, flags }: Header, buffer: ArrayBuffer): Block {
  let offset = 0;
  const entries = columns.map(({ name, type }) => {
    // In place: every column starts at a multiple of 8. Little-endian, as every browser is.
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

function joined(a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
