import { BAND_VALUE_NAMES } from '#contract/band-values';
import type { PublishedMeasurement } from '#contract/rest/sessions';
import { unitOf } from '../published.ts';
import { emptyPoint, pointReader } from '../store/block-points.ts';
import { at } from '../store/point-block.ts';
import type { ShownBlock } from './measurement-columns.ts';

const PIECE_BYTES = 65_536;
// UTF-8 bytes per UTF-16 unit.
const MAX_BYTES_PER_UNIT = 3;

/** The text of a point by its index in the block. */
export type Texts = (index: number) => string;

/**
 * The texts of all points of a block as UTF-8 chunks. Each text is converted at once: V8 promotes
 * the texts that are alive at a collection to the old generation, a quarter of a megabyte per
 * hundred points.
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

/** The unit of the levels for each list of flags of a block. */
export function unitsOf(block: ShownBlock): PublishedMeasurement['unit'][] {
  return block.flagLists.map((flags) => unitOf({ flags }));
}

/** The points with their unit as JSON. */
export function measurementTexts(block: ShownBlock): Texts {
  const { drift_db, flagList } = block;
  const bandValue = BAND_VALUE_NAMES.find((name) => block[name] !== undefined);
  const bandValues = bandValue && block[bandValue];
  const units = unitsOf(block);
  // One object for all points. Numbers in a template string would each stay in V8's cache until
  // after the next collection.
  const point: PublishedMeasurement = {
    ...emptyPoint(),
    ...(drift_db && { drift_db: 0 }),
    unit: 'dBFS',
    ...(bandValue && { [bandValue]: null }),
  };
  const read = pointReader(block, point);
  return (index) => {
    read(index);
    if (drift_db) point.drift_db = at(drift_db, index);
    point.unit = units[at(flagList, index)] ?? 'dBFS';
    // NaN becomes null in JSON.
    if (bandValue) point[bandValue] = at(bandValues as Float64Array, index);
    return JSON.stringify(point);
  };
}
