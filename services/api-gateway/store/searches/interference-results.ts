import { INTERFERENCE_VALUES, type InterferenceValue } from '#contract/interference-values';
import { createBinaryRow } from '../binary-row.ts';
import type { Database } from '../queryable.ts';
import { firstSeqOf, tileOf } from '../spectra/layout.ts';
import { whole } from '../whole.ts';

const VALUE_BYTES = 4;
/** Size of the results of a point. */
export const RESULT_BYTES = INTERFERENCE_VALUES.length * VALUE_BYTES;

/** Results of consecutive points; NaN: none. */
export interface ResultBlock {
  firstSeq: number;
  values: Record<InterferenceValue, Float64Array>;
}

/** Writes the results of a point. */
export function encodeResult(target: Buffer, index: number, result: Record<InterferenceValue, number>): void {
  INTERFERENCE_VALUES.forEach((name, k) =>
    target.writeFloatLE(result[name], index * RESULT_BYTES + k * VALUE_BYTES),
  );
}

/** Results of the points after `afterSeq` up to and including `upToSeq`; a query per tile. */
export async function* readResults(
  db: Pick<Database, 'copy'>,
  { id, band }: { id: number; band: number },
  afterSeq: number,
  upToSeq: number,
): AsyncGenerator<ResultBlock, void> {
  for (let firstSeq = afterSeq + 1; firstSeq <= upToSeq;) {
    const tile = tileOf(firstSeq);
    const lastSeq = Math.min(upToSeq, firstSeqOf(tile + 1) - 1);
    const start = (firstSeq - firstSeqOf(tile)) * RESULT_BYTES + 1;
    const row = createBinaryRow();
    const [results = Buffer.alloc(0)] = await db.copy(
      `copy (select substr(results, ${start}, ${(lastSeq - firstSeq + 1) * RESULT_BYTES}) from interference_tiles
         where session_id = ${whole(id)} and band = ${whole(band)} and tile = ${tile}) to stdout (format binary)`,
      // The bytes are valid only during the call.
      (bytes) => Buffer.from(row.read(bytes).bytes()),
    );
    yield { firstSeq, values: decoded(results, lastSeq - firstSeq + 1) };
    firstSeq = lastSeq + 1;
  }
}

function decoded(results: Buffer, points: number): ResultBlock['values'] {
  const columns = INTERFERENCE_VALUES.map((name, k) => {
    const values = new Float64Array(points).fill(NaN);
    for (let index = 0; (index + 1) * RESULT_BYTES <= results.length; index++)
      values[index] = results.readFloatLE(index * RESULT_BYTES + k * VALUE_BYTES);
    return [name, values];
  });
  return Object.fromEntries(columns) as ResultBlock['values'];
}
