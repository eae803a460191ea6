import { unitOf } from '../published.ts';
import { emptyPoint, pointReader } from '../store/block-points.ts';
import { at } from '../store/point-block.ts';
import type { ShownBlock } from './measurement-columns.ts';

const PIECE_BYTES = 65_536;
// Of a UTF-16 unit in UTF-8.
const MAX_BYTES_PER_UNIT = 3;

/** The text of a point of a block, by its index. */
export type Texts = (index: number) => string;

/**
 * What all points of a block say, in UTF-8, some of them at a time. Every text becomes bytes at
 * once: what V8 finds alive when it collects young objects it takes for old, and the texts of a
 * hundred points would be a quarter of a megabyte each time.
 */
export function* pieces({ rows }: { rows: number }, text: Texts): Generator<Buffer> {
  let piece = Buffer.alloc(0);
  let used = 0;
  for (let index = 0; index < rows; index++) {
    const added = text(index);
    const bytes = added.length * MAX_BYTES_PER_UNIT;
    if (used + bytes > piece.length) {
      if (used > 0) yield piece.subarray(0, used);
      piece = Buffer.allocUnsafeSlow(Math.max(PIECE_BYTES, bytes));
      used = 0;
    }
    used += piece.write(added, used);
  }
  if (used > 0) yield piece.subarray(0, used);
}

/** The unit of the levels with each of the lists of flags of a block. */
export function unitsOf(block: ShownBlock): string[] {
  return block.flagLists.map((flags) => unitOf({ flags }));
}

/** Points with their unit as JSON. */
export function measurementTexts(block: ShownBlock): Texts {
  const { drift_db, flagList } = block;
  const units = unitsOf(block);
  // One object for all of them. Numbers in a template string would each stay in V8's cache until
  // after the next collection.
  const point = { ...emptyPoint(), ...(drift_db && { drift_db: 0 }), unit: '' };
  const read = pointReader(block, point);
  return (index) => {
    read(index);
    if (drift_db) point.drift_db = at(drift_db, index);
    point.unit = units[at(flagList, index)] ?? '';
    return JSON.stringify(point);
  };
}
