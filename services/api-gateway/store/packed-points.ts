import { REFERENCE_COLUMNS, type Reference } from '#contract/measurement';
import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import { createBinaryRow } from './binary-row.ts';
import { COUNTS, NUMBERS, TIMES, firstRows, type PointBlock } from './point-block.ts';

/** From 1970-01-01 to 2000-01-01, the epoch of PostgreSQL. */
const EPOCH_MS = 946_684_800_000;

// Less than a socket delivers at once (64 KiB): node-postgres copies a longer message repeatedly
// until it is complete.
const POINTS_PER_ROW = 256;

/**
 * Query for a range of points, packed: each row has the number of points, their concatenated bytes,
 * and the references as an object by seq. The database packs them, because one message per point
 * takes node-postgres several times as long as decoding the content. All arguments are whole
 * numbers.
 */
export function packedPoints(sessionId: number, first: number, last: number): string {
  return `select packed.* from generate_series(${first}, ${last}, ${POINTS_PER_ROW}) piece cross join lateral (
    select count(*)::int4, string_agg(${packed()} || array_send(flags), ''::bytea order by seq),
      (jsonb_object_agg(seq, reference) filter (where reference is not null))::text
    from points where session_id = ${sessionId} and seq between piece and least(piece + ${POINTS_PER_ROW - 1}, ${last})
  ) packed order by piece`;
}

// In the order of unpacking: COUNTS, NUMBERS, TIMES. `||` with a null would be null.
function packed(): string {
  const sqlOf = (...types: StoredColumn['type'][]) =>
    STORED_COLUMNS.filter(({ type }) => types.includes(type)).flatMap(({ sql, nullable }) =>
      Object.keys(sql).map((column) => (nullable ? `coalesce(${column}, 'NaN')` : column)),
    );
  const counts = sqlOf('count').map((column) => `int4send(${column})`);
  const numbers = sqlOf('number', 'pointing').map((column) => `float8send(${column})`);
  const times = sqlOf('time').map((column) => `timestamptz_send(${column})`);
  return [...counts, ...numbers, ...times].join(' || ');
}

/** Unpacks the rows of `packedPoints`. */
interface Unpacker {
  /**
   * Adds a row; its bytes may be reused afterwards. Throws a RangeError if bytes are missing or
   * there are too many points.
   */
  add(bytes: Buffer): void;
  /** The points added so far. */
  block(): PointBlock;
}

/** `memory`: the block to write to; its size is the limit. */
export function createUnpacker(memory: PointBlock): Unpacker {
  const block = { ...memory, flagLists: [] };
  const counts = COUNTS.map((name) => block.counts[name]);
  const numbers = NUMBERS.map((name) => block.floats[name]);
  const times = TIMES.map((name) => block.floats[name]);
  const references = new Map<number, Reference>();
  const readFlags = createFlagReader(block.flagLists);
  let rows = 0;

  function unpack(points: Buffer, until: number): void {
    const view = new DataView(points.buffer, points.byteOffset, points.byteLength);
    for (let offset = 0; rows < until; rows++) {
      for (const column of counts) {
        column[rows] = view.getUint32(offset);
        offset += 4;
      }
      for (const column of numbers) {
        column[rows] = view.getFloat64(offset);
        offset += 8;
      }
      for (const column of times) {
        const micros = view.getInt32(offset) * 2 ** 32 + view.getUint32(offset + 4);
        column[rows] = EPOCH_MS + Math.round(micros / 1000);
        offset += 8;
      }
      const list = readFlags(points, view, offset);
      block.flagList[rows] = list.index;
      offset = list.end;
    }
  }

  return {
    add(bytes) {
      const row = createBinaryRow().read(bytes);
      const until = rows + row.int4();
      if (until > memory.rows) throw new RangeError(`${until} points are more than ${memory.rows}`);
      unpack(row.bytes(), until);
      for (const [seq, reference] of referencesOf(row.text())) references.set(seq, reference);
    },
    block: () => ({ ...firstRows(block, rows), references }),
  };
}

interface FlagList {
  /** In the block's lists. */
  index: number;
  end: number;
}

/**
 * Reads text arrays in the format of `array_send`. Neighbouring points usually have the same flags,
 * which are decoded once.
 */
function createFlagReader(lists: string[][]): (bytes: Buffer, view: DataView, start: number) => FlagList {
  const known = new Map<string, number>();
  let last = { bytes: Buffer.alloc(0), index: -1 };
  return (bytes, view, start) => {
    if (last.index >= 0 && isAt(start, bytes, last.bytes))
      return { index: last.index, end: start + last.bytes.length };
    const { texts, end } = readTexts(bytes, view, start);
    const key = JSON.stringify(texts);
    const index = known.get(key) ?? lists.push(texts) - 1;
    known.set(key, index);
    last = { bytes: Buffer.from(bytes.subarray(start, end)), index };
    return { index, end };
  };
}

// An array contains its own length: if all bytes of another array match, the arrays are equal.
function isAt(start: number, bytes: Buffer, array: Buffer): boolean {
  for (let i = 0; i < array.length; i++) if (bytes[start + i] !== array[i]) return false;
  return true;
}

/**
 * Dimensions, null flag, type; per dimension length and first index; per element length and bytes.
 */
function readTexts(bytes: Buffer, view: DataView, start: number): { texts: string[]; end: number } {
  const dimensions = view.getInt32(start);
  let end = start + 12;
  const texts: string[] = [];
  if (dimensions === 0) return { texts, end };
  const count = view.getInt32(end);
  end += 8 * dimensions;
  while (texts.length < count) {
    const length = view.getInt32(end);
    end += 4 + length;
    texts.push(bytes.toString('utf8', end - length, end));
  }
  return { texts, end };
}

function referencesOf(text: string | null): [seq: number, Reference][] {
  const bySeq = text === null ? {} : (JSON.parse(text) as Record<string, Reference>);
  return Object.entries(bySeq).map(([seq, reference]) => [Number(seq), ordered(reference)]);
}

// jsonb does not keep the order of fields, but journal and database are compared as text.
function ordered(reference: Reference): Reference {
  const { azimuth, elevation } = reference.readback;
  const fields = REFERENCE_COLUMNS.map(({ name }) => [name, reference[name]]);
  return { ...(Object.fromEntries(fields) as Reference), readback: { azimuth, elevation } };
}
