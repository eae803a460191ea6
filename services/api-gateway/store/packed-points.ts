import { REFERENCE_COLUMNS, type Reference } from '#contract/measurement';
import { STORED_COLUMNS, type StoredColumn } from '#contract/point-columns';
import { BinaryRow } from './binary-row.ts';
import { COUNTS, NUMBERS, TIMES, firstOf, type PointBlock } from './point-block.ts';

/** 1970-01-01 to 2000-01-01, where PostgreSQL's time begins. */
const EPOCH_MS = 946_684_800_000;

// Below what a socket brings at once (64 KiB): node-postgres copies a longer message again and
// again until it has all of it.
const POINTS_PER_ROW = 256;

/**
 * A query for the points of a session from one seq to another, packed: rows of how many there are,
 * the points one after the other, those with a reference as an object by seq. The database packs
 * them: a message for each point costs node-postgres several times as long as reading what is in
 * it. All are whole numbers.
 */
export function packedPoints(sessionId: number, first: number, last: number): string {
  return `select packed.* from generate_series(${first}, ${last}, ${POINTS_PER_ROW}) piece cross join lateral (
    select count(*)::int4, string_agg(${packed()} || array_send(flags), ''::bytea order by seq),
      (jsonb_object_agg(seq, reference) filter (where reference is not null))::text
    from points where session_id = ${sessionId} and seq between piece and least(piece + ${POINTS_PER_ROW - 1}, ${last})
  ) packed order by piece`;
}

// In the order in which they are unpacked: COUNTS, NUMBERS, TIMES. `||` with a null would be null.
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
   * One row; its bytes are not needed afterwards. Throws a RangeError when there are too few of
   * them, or too many points.
   */
  add(bytes: Buffer): void;
  /** All points so far. */
  block(): PointBlock;
}

/** `memory`: what the points are written to, as long as there are rows in it. */
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
      const row = new BinaryRow().read(bytes);
      const until = rows + row.int4();
      if (until > memory.rows) throw new RangeError(`${until} points are more than ${memory.rows}`);
      unpack(row.bytes(), until);
      for (const [seq, reference] of referencesOf(row.text())) references.set(seq, reference);
    },
    block: () => ({ ...firstOf(block, rows), references }),
  };
}

interface FlagList {
  /** In the lists of the block. */
  index: number;
  end: number;
}

/**
 * Reads arrays of text as `array_send` writes them: neighbours mostly have the same flags, which
 * are read once.
 */
function createFlagReader(lists: string[][]): (bytes: Buffer, view: DataView, start: number) => FlagList {
  const known = new Map<string, number>();
  let last = { bytes: Buffer.alloc(0), index: -1 };
  return (bytes, view, start) => {
    if (last.index >= 0 && isAt(start, bytes, last.bytes))
      return { index: last.index, end: start + last.bytes.length };
    const { words, end } = readTexts(bytes, view, start);
    const key = JSON.stringify(words);
    const index = known.get(key) ?? lists.push(words) - 1;
    known.set(key, index);
    last = { bytes: Buffer.from(bytes.subarray(start, end)), index };
    return { index, end };
  };
}

// An array tells its own length: what begins with all of another one is the same.
function isAt(start: number, bytes: Buffer, array: Buffer): boolean {
  for (let i = 0; i < array.length; i++) if (bytes[start + i] !== array[i]) return false;
  return true;
}

/**
 * Dimensions, whether one is null, type; of each dimension length and first index; of each element
 * length and bytes.
 */
function readTexts(bytes: Buffer, view: DataView, start: number): { words: string[]; end: number } {
  const dimensions = view.getInt32(start);
  let end = start + 12;
  const words: string[] = [];
  if (dimensions === 0) return { words, end };
  const count = view.getInt32(end);
  end += 8 * dimensions;
  while (words.length < count) {
    const length = view.getInt32(end);
    end += 4 + length;
    words.push(bytes.toString('utf8', end - length, end));
  }
  return { words, end };
}

function referencesOf(text: string | null): [seq: number, Reference][] {
  const bySeq = text === null ? {} : (JSON.parse(text) as Record<string, Reference>);
  return Object.entries(bySeq).map(([seq, reference]) => [Number(seq), ordered(reference)]);
}

// jsonb has an order of its own; the journal and the store are compared as text.
function ordered(reference: Reference): Reference {
  const { azimuth, elevation } = reference.readback;
  const fields = REFERENCE_COLUMNS.map(({ name }) => [name, reference[name]]);
  return { ...(Object.fromEntries(fields) as Reference), readback: { azimuth, elevation } };
}
