import { createBinaryRow } from '../binary-row.ts';
import { LEVEL_BYTES } from '../levels.ts';
import type { Database } from '../queryable.ts';
import { whole } from '../whole.ts';
import type { BandBlock } from './read-band.ts';

/**
 * The cells and values of points, packed like those of `readLevels`; points whose value is not
 * known are left out.
 */
export async function* readBandLevels(
  db: Pick<Database, 'copy'>,
  session: { id: number },
  blocks: AsyncIterable<BandBlock>,
  timed: boolean,
): AsyncGenerator<Uint8Array, void> {
  const bytesPerPoint = timed ? LEVEL_BYTES.timed : LEVEL_BYTES.plain;
  for await (const { firstSeq, values } of blocks) {
    const packed = Buffer.alloc(values.length * bytesPerPoint);
    let used = 0;
    await eachPoint(db, session.id, firstSeq, firstSeq + values.length - 1, timed, (seq, point) => {
      const value = values[seq - firstSeq] ?? NaN;
      if (Number.isNaN(value)) return;
      point.copy(packed, used, 0, CELL_BYTES);
      packed.writeFloatBE(value, used + CELL_BYTES);
      point.copy(packed, used + LEVEL_BYTES.plain, CELL_BYTES);
      used += bytesPerPoint;
    });
    yield packed.subarray(0, used);
  }
}

const CELL_BYTES = 4;
const POINTS_PER_PIECE = 4_096;

/** Calls `take` with the seq of a point and its cell and optionally time, packed. */
async function eachPoint(
  db: Pick<Database, 'copy'>,
  sessionId: number,
  firstSeq: number,
  lastSeq: number,
  timed: boolean,
  take: (seq: number, point: Buffer) => void,
): Promise<void> {
  const time = timed ? ` || float8send(date_part('epoch', measured_at) * 1000)` : '';
  const pointBytes = CELL_BYTES + (timed ? LEVEL_BYTES.timed - LEVEL_BYTES.plain : 0);
  const row = createBinaryRow();
  await db.copy(
    `copy (select string_agg(int4send(seq) || int4send(cell)${time}, ''::bytea) from points
       where session_id = ${whole(sessionId)} and seq between ${whole(firstSeq)} and ${whole(lastSeq)}
       group by seq / ${POINTS_PER_PIECE}) to stdout (format binary)`,
    (bytes) => {
      const points = row.read(bytes).bytes();
      for (let start = 0; start < points.length; start += 4 + pointBytes)
        take(points.readInt32BE(start), points.subarray(start + 4, start + 4 + pointBytes));
    },
  );
}
