import type { Statistic } from '#shared/spectrum/point-spectrum';
import { UNKNOWN } from '#shared/spectrum/point-spectrum';
import { createBinaryRow } from '../binary-row.ts';
import type { Database } from '../queryable.ts';
import { whole } from '../whole.ts';
import type { StoredBand } from './bands.ts';
import { HEAD_BYTES, decodeHead } from './heads.ts';
import { TILE_POINTS, tileOf } from './layout.ts';
import type { BandSelection } from './read-band.ts';
import { readCodes, type CodeRange } from './read-codes.ts';

/** The spectra of consecutive points: all channels of the first one, then of the second. */
export interface SpectraBlock {
  points: number;
  /** Of the requested statistics; undefined: no point has it. */
  codes: Partial<Record<Statistic, Int16Array>>;
  /** Transforms of each point; 0: it has no spectrum. */
  transforms: Uint32Array;
  /** The number without overlap whose mean has the same variance. */
  independentTransforms: Float64Array;
}

// A block of three statistics takes 384 KiB. With 1.5 MiB the event loop was blocked for 72 ms at
// most, instead of 58.
const MAX_CODES = 2 ** 16;

/** Statistics of the points up to and including `upToSeq` in order; few queries per block. */
export async function* readPointSpectra(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  statistics: readonly Statistic[],
  upToSeq: number,
): AsyncGenerator<SpectraBlock, void> {
  const known = statistics.filter((name) => band.statistics.includes(name));
  const pointsPerBlock = Math.max(1, Math.floor(MAX_CODES / band.channels));
  for (let firstSeq = 1; firstSeq <= upToSeq; firstSeq += pointsPerBlock) {
    const lastSeq = Math.min(upToSeq, firstSeq + pointsPerBlock - 1);
    const range = { firstSeq, lastSeq, firstChannel: 0, lastChannel: band.channels - 1 };
    const [counts, ...lists] = await Promise.all([
      readCounts(db, band, firstSeq, lastSeq),
      ...known.map((statistic) => readPointCodes(db, band, { statistic, ...range })),
    ]);
    const codes = Object.fromEntries(known.map((name, k) => [name, lists[k]]));
    yield { points: lastSeq - firstSeq + 1, codes, ...counts };
  }
}

/** The codes of some channels of consecutive points. */
export interface PointCodes {
  firstSeq: number;
  points: number;
  /** All channels of the first point, then of the second. */
  codes: Int16Array;
}

/** One statistic of a range of channels of the points up to and including `upToSeq`, in order. */
export async function* readSelectedSpectra(
  db: Pick<Database, 'copy'>,
  { band, range, statistic }: BandSelection,
  upToSeq: number,
): AsyncGenerator<PointCodes, void> {
  const pointsPerBlock = Math.max(1, Math.floor(MAX_CODES / (range.lastChannel - range.firstChannel + 1)));
  for (let firstSeq = 1; firstSeq <= upToSeq; firstSeq += pointsPerBlock) {
    const lastSeq = Math.min(upToSeq, firstSeq + pointsPerBlock - 1);
    const codes = await readPointCodes(db, band, { statistic, firstSeq, lastSeq, ...range });
    yield { firstSeq, points: lastSeq - firstSeq + 1, codes };
  }
}

async function readPointCodes(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  range: CodeRange,
): Promise<Int16Array> {
  const { firstSeq, firstChannel } = range;
  const channels = range.lastChannel - firstChannel + 1;
  const all = new Int16Array((range.lastSeq - firstSeq + 1) * channels).fill(UNKNOWN);
  await readCodes(db, band, range, (chunk) => {
    // Blocks of a tile may begin before the range, and have channels that do not exist.
    const skipped = Math.max(0, firstChannel - chunk.firstChannel);
    const start = chunk.firstChannel + skipped - firstChannel;
    const count = Math.min(chunk.channels - skipped, channels - start);
    for (let point = 0; point < chunk.points; point++) {
      const from = point * chunk.channels + skipped;
      const target = (chunk.firstSeq + point - firstSeq) * channels + start;
      all.set(chunk.codes.subarray(from, from + count), target);
    }
  });
  return all;
}

/** From the heads of tiles, and of the points of the incomplete tile. */
async function readCounts(
  db: Pick<Database, 'copy'>,
  { sessionId, band }: StoredBand,
  firstSeq: number,
  lastSeq: number,
): Promise<Pick<SpectraBlock, 'transforms' | 'independentTransforms'>> {
  const transforms = new Uint32Array(lastSeq - firstSeq + 1);
  const independentTransforms = new Float64Array(transforms.length);
  const [first, last] = [whole(firstSeq), whole(lastSeq)];
  const ofBand = `session_id = ${whole(sessionId)} and band = ${whole(band)}`;
  const row = createBinaryRow();
  await db.copy(
    `copy (
       select tile * ${TILE_POINTS} + start + 1, substr(heads, start * ${HEAD_BYTES} + 1, ${(last - first + 1) * HEAD_BYTES})
       from spectrum_heads cross join lateral (select greatest(${first - 1} - tile * ${TILE_POINTS}, 0) as start) s
       where ${ofBand} and tile between ${tileOf(first)} and ${tileOf(last)}
       union all select seq, head from spectrum_rows where ${ofBand} and seq between ${first} and ${last}
     ) to stdout (format binary)`,
    (bytes) => {
      const seq = row.read(bytes).int4();
      const heads = row.bytes();
      for (let k = 0; (k + 1) * HEAD_BYTES <= heads.length && seq + k <= last; k++) {
        const head = decodeHead(heads, k * HEAD_BYTES);
        transforms[seq + k - first] = head?.transforms ?? 0;
        independentTransforms[seq + k - first] = head?.independentTransforms ?? 0;
      }
    },
  );
  return { transforms, independentTransforms };
}
