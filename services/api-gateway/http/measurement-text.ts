import type { Measurement } from '#contract/mqtt-messages';
import { unitOf } from '../published.ts';
import { at, pointAt, timeAt } from '../store/point-block.ts';
import type { ShownBlock } from './measurement-columns.ts';

const PIECE_BYTES = 65_536;
// Of a UTF-16 unit in UTF-8.
const MOST_BYTES = 3;

/** The text of a point of a block, by its index. */
export type Texts = (index: number) => string;

/**
 * What all points of a block say, in UTF-8, some of them at a time. Every text becomes bytes at once: what V8 finds alive when it
 * collects young objects it takes for old, and the texts of a hundred points would be a quarter of a megabyte each time.
 */
export function* pieces({ rows }: { rows: number }, text: Texts): Generator<Buffer> {
  let piece = Buffer.alloc(0);
  let used = 0;
  for (let index = 0; index < rows; index++) {
    const added = text(index);
    const bytes = added.length * MOST_BYTES;
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
  return block.flagLists.map((_, list) => unitOf(pointAt(block, block.flagList.indexOf(list))));
}

/** Points with their unit as JSON. */
export function measurementTexts(block: ShownBlock): Texts {
  const { counts, floats, drift_db } = block;
  const units = unitsOf(block);
  // One object for all of them. Numbers in a template string would each stay in V8's cache until after the next collection.
  const setpoint = { azimuth: 0, elevation: 0 };
  const readback = { azimuth: 0, elevation: 0 };
  const point: Measurement & { drift_db?: number; unit: string } = {
    seq: 0,
    row: 0,
    column: 0,
    setpoint,
    readback,
    mean_dbm: 0,
    std_db: 0,
    min_dbm: 0,
    max_dbm: 0,
    last_dbm: 0,
    reads: 0,
    integration_ms: 0,
    flags: [],
    measured_at: '',
    reference: null,
    ...(drift_db && { drift_db: 0 }),
    unit: '',
  };
  return (index) => {
    const list = at(block.flagList, index);
    point.seq = at(counts.seq, index);
    point.row = at(counts.row, index);
    point.column = at(counts.column, index);
    setpoint.azimuth = at(floats.setpoint_azimuth, index);
    setpoint.elevation = at(floats.setpoint_elevation, index);
    readback.azimuth = at(floats.readback_azimuth, index);
    readback.elevation = at(floats.readback_elevation, index);
    point.mean_dbm = at(floats.mean_dbm, index);
    point.std_db = at(floats.std_db, index);
    point.min_dbm = at(floats.min_dbm, index);
    point.max_dbm = at(floats.max_dbm, index);
    point.last_dbm = at(floats.last_dbm, index);
    point.reads = at(counts.reads, index);
    point.integration_ms = at(floats.integration_ms, index);
    point.flags = block.flagLists[list] ?? [];
    point.measured_at = timeAt(block, index);
    point.reference = block.references.get(point.seq) ?? null;
    if (drift_db) point.drift_db = at(drift_db, index);
    point.unit = units[list] ?? '';
    return JSON.stringify(point);
  };
}
