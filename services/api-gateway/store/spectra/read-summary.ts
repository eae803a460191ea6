import { CHANNEL_FLAGS } from '#shared/spectrum/channels';
import { UNKNOWN, codeOf, valueOf, type Statistic } from '#shared/spectrum/point-spectrum';
import { createChannelMedians, medianMemory } from '../../domain/channel-medians.ts';
import type { CodeChunk } from '../../domain/code-chunk.ts';
import type { Database } from '../queryable.ts';
import { createBinaryRow } from '../binary-row.ts';
import { whole } from '../whole.ts';
import type { StoredBand } from './bands.ts';
import { HEAD_BYTES, decodeHead } from './heads.ts';
import { BLOCK_BYTES, BLOCK_CHANNELS, TILE_POINTS, firstSeqOf, tileOf } from './layout.ts';
import { QUERY_BYTES, readCodes } from './read-codes.ts';

/** All points of a session as one spectrum; NaN: not known. */
export interface StoredSummary {
  /** Number of points with a spectrum. */
  points: number;
  /** Median of the floors. */
  floorDb: number;
  /** Median over the points of their mean. */
  medianDb: Float64Array;
  /** Undefined: no point has the statistic. */
  maxDb: Float64Array | undefined;
  /** Mean over the points. */
  occupancy: Float64Array | undefined;
  /** Bits that a channel has at any point. */
  flags: Uint8Array;
}

/** Channels whose medians are computed together, in 8 MB. */
const MEDIAN_CHANNELS = 32;

/** Summary of the points up to and including `upToSeq`, in constant memory. */
export async function readSummary(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  upToSeq: number,
): Promise<StoredSummary> {
  const has = (name: Statistic) => band.statistics.includes(name);
  const { points, floorDb, pointFlags } = await readHeads(db, band, upToSeq);
  const { medianDb, known } = await readMedians(db, band, upToSeq);
  return {
    points,
    floorDb,
    medianDb,
    maxDb: has('max') ? await readMaxima(db, band, upToSeq) : undefined,
    occupancy: has('occupancy') ? await readOccupancy(db, band, upToSeq) : undefined,
    flags: band.flags.map((bits, channel) => {
      const isLost = (known[channel] as number) < points;
      return bits | pointFlags | (isLost ? CHANNEL_FLAGS.overflow : 0);
    }),
  };
}

async function readMedians(db: Pick<Database, 'copy'>, band: StoredBand, upToSeq: number) {
  const medianDb = new Float64Array(band.channels).fill(NaN);
  const known = new Uint32Array(band.channels);
  const memory = medianMemory(MEDIAN_CHANNELS);
  for (let first = 0; first < band.channels; first += MEDIAN_CHANNELS) {
    const count = Math.min(MEDIAN_CHANNELS, band.channels - first);
    const medians = createChannelMedians(first, count, memory);
    await readAll(db, band, { statistic: 'mean', first, count, upToSeq }, medians.add);
    for (let channel = first; channel < first + count; channel++) {
      medianDb[channel] = medians.median(channel);
      known[channel] = medians.known(channel);
    }
  }
  return { medianDb, known };
}

async function readMaxima(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  upToSeq: number,
): Promise<Float64Array> {
  const highest = new Int16Array(band.channels).fill(UNKNOWN);
  await readAll(db, band, { statistic: 'max', first: 0, count: band.channels, upToSeq }, (chunk) =>
    eachCode(chunk, band.channels, (channel, code) => {
      if (code > (highest[channel] as number)) highest[channel] = code;
    }),
  );
  return Float64Array.from(highest, (code) => valueOf('max', code));
}

async function readOccupancy(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  upToSeq: number,
): Promise<Float64Array> {
  const sums = new Float64Array(band.channels);
  const counts = new Uint32Array(band.channels);
  await readAll(db, band, { statistic: 'occupancy', first: 0, count: band.channels, upToSeq }, (chunk) =>
    eachCode(chunk, band.channels, (channel, code) => {
      sums[channel] = (sums[channel] as number) + code;
      counts[channel] = (counts[channel] as number) + 1;
    }),
  );
  return sums.map((sum, channel) => valueOf('occupancy', sum / (counts[channel] as number)));
}

/** Calls `take` with every known code of a chunk. */
function eachCode(
  { points, firstChannel, channels: width, codes }: CodeChunk,
  channels: number,
  take: (channel: number, code: number) => void,
): void {
  const used = Math.min(width, channels - firstChannel);
  for (let n = 0; n < points; n++)
    for (let k = 0; k < used; k++) {
      const code = codes[n * width + k] as number;
      if (code !== UNKNOWN) take(firstChannel + k, code);
    }
}

/** Reads some channels of all points with several queries. */
async function readAll(
  db: Pick<Database, 'copy'>,
  band: StoredBand,
  {
    statistic,
    first,
    count,
    upToSeq,
  }: { statistic: Statistic; first: number; count: number; upToSeq: number },
  onChunk: (chunk: CodeChunk) => void,
): Promise<void> {
  const tileBytes = Math.ceil(count / BLOCK_CHANNELS) * BLOCK_BYTES * TILE_POINTS;
  const tiles = Math.max(1, Math.floor(QUERY_BYTES / tileBytes));
  const channels = { firstChannel: first, lastChannel: first + count - 1 };
  for (let tile = 0; tile <= tileOf(upToSeq); tile += tiles) {
    const [firstSeq, lastSeq] = [firstSeqOf(tile), Math.min(upToSeq, firstSeqOf(tile + tiles) - 1)];
    await readCodes(db, band, { statistic, firstSeq, lastSeq, ...channels }, onChunk);
  }
}

/** Count of the spectra, median of their floors, and flags that any of them has. */
async function readHeads(db: Pick<Database, 'copy'>, { sessionId, band }: StoredBand, upToSeq: number) {
  const floors = createChannelMedians(0, 1, medianMemory(1));
  const found = { points: 0, pointFlags: 0 };
  const row = createBinaryRow();
  const ofBand = `session_id = ${whole(sessionId)} and band = ${whole(band)}`;
  await db.copy(
    `copy (select tile * ${TILE_POINTS} + 1, heads from spectrum_heads where ${ofBand}
       union all select seq, head from spectrum_rows where ${ofBand}) to stdout (format binary)`,
    (bytes) => {
      const seq = row.read(bytes).int4();
      const heads = row.bytes();
      const codes = new Int16Array(heads.length / HEAD_BYTES).fill(UNKNOWN);
      for (let n = 0; n < codes.length && seq + n <= upToSeq; n++) {
        const head = decodeHead(heads, n * HEAD_BYTES);
        if (!head) continue;
        found.points++;
        found.pointFlags |= head.pointFlags;
        codes[n] = codeOf('mean', head.floorDb);
      }
      floors.add({ firstSeq: seq, points: codes.length, firstChannel: 0, channels: 1, codes });
    },
  );
  return { ...found, floorDb: floors.median(0) };
}
