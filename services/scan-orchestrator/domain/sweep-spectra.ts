import { channelLevelDb, channelLevelsDb } from '#shared/spectrum/channel-level';
import { pointSpectrumOf, type PointSpectrum } from '#shared/spectrum/point-spectrum';
import { mergedReads, type ReadSpectrum } from '#shared/spectrum/read-spectrum';
import { spectrumOf, type SpectrumRead } from '#shared/spectrum/spectrum';
import type { Timed, TimedRead } from './sweep-reads.ts';

/** A read of a stream, with its spectrum if the tuning has one. */
export interface StreamedRead extends TimedRead {
  spectrum?: ReadSpectrum | undefined;
}

/** Consecutive reads of a sweep, with the sum of their spectra. */
export interface Chunk extends Timed, SpectrumRead {}

/**
 * A cell has at least this many chunks per pass: the reads at its borders belong to it by the
 * position of their chunk.
 */
const CHUNKS_PER_CELL = 8;
/** Four sums per channel and chunk, 32-bit floats. */
const BYTES_PER_CHANNEL = 16;
/**
 * The chunks of a sweep are kept until its cells are known, those of the previous one until its
 * spectra are computed: together at most this many bytes.
 */
export const MAX_CHUNK_BYTES = 256 * 2 ** 20;

/** Reads follow each other within this multiple of their length. */
const GAP = 1.5;

/** Reads per chunk: one, unless a cell has more than `CHUNKS_PER_CELL` of them. */
function readsPerChunk(cellMs: number, readMs: number): number {
  return Math.max(1, Math.floor(cellMs / readMs / CHUNKS_PER_CELL));
}

/** Memory of chunks, bytes. */
export function chunkBytes(chunks: number, channels: number): number {
  return chunks * channels * BYTES_PER_CHANNEL;
}

/** Memory of the chunks of a row, bytes; it may be swept twice. */
export function rowBytes(cells: number, channels: number): number {
  return chunkBytes(2 * CHUNKS_PER_CELL * cells, channels);
}

/** Merges consecutive reads to chunks; beyond `MAX_CHUNK_BYTES` the oldest are lost. */
export interface ChunkBuffer {
  add(read: StreamedRead): void;
  /** The chunks since the previous call. */
  cut(): Chunk[];
}

export function createChunkBuffer(cellMs: number, readMs: number): ChunkBuffer {
  const readsOfChunk = readsPerChunk(cellMs, readMs);
  let reads: WithSpectrum[] = [];
  let chunks: Chunk[] = [];

  function endChunk(): void {
    const [first, ...others] = reads;
    if (first) chunks.push(chunkOf([first, ...others]));
    reads = [];
  }

  return {
    add(read) {
      if (!hasSpectrum(read)) return;
      // Missing reads: the position of the chunk would not be that of its reads.
      const last = reads.at(-1);
      if (last && read.middleMs - last.middleMs > GAP * readMs) endChunk();
      reads.push(read);
      if (reads.length === readsOfChunk) endChunk();
      if (chunkBytes(chunks.length, read.spectrum.powerSum.length) > MAX_CHUNK_BYTES)
        chunks.splice(0, chunks.length >> 1);
    },
    cut() {
      const cut = chunks;
      chunks = [];
      return cut;
    },
  };
}

type WithSpectrum = StreamedRead & { spectrum: ReadSpectrum };

function hasSpectrum(read: StreamedRead): read is WithSpectrum {
  return read.spectrum !== undefined;
}

function chunkOf(reads: readonly [WithSpectrum, ...WithSpectrum[]]): Chunk {
  const [first, ...others] = reads;
  const converters = reads.flatMap(({ converter }) => converter ?? []);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    middleMs: mean(reads.map(({ middleMs }) => middleMs)),
    clippedFraction: converters.reduce((most, { clippedFraction }) => Math.max(most, clippedFraction), 0),
    converter: {
      droppedSamples: converters.reduce((sum, { droppedSamples }) => sum + droppedSamples, 0),
    },
    spectrum: mergedReads([first.spectrum, ...others.map(({ spectrum }) => spectrum)]),
  };
}

/**
 * The spectrum of a cell from its chunks, which count as its reads. `dbmOffsetDb` undefined: levels
 * are dBFS.
 */
export function spectrumOfChunks(
  chunks: readonly [Chunk, ...Chunk[]],
  dbmOffsetDb: number | undefined,
): PointSpectrum {
  const spectrum = spectrumOf(chunks);
  const levels = (powers: Float64Array | Float32Array | undefined) =>
    powers && channelLevelsDb(powers, dbmOffsetDb);
  const { transformStatistics, floor, mean, median, occupancy, ...rest } = spectrum;
  return pointSpectrumOf({
    ...rest,
    isCalibrated: dbmOffsetDb !== undefined,
    floorDb: channelLevelDb(floor, dbmOffsetDb),
    values: {
      mean: levels(mean),
      median: levels(median),
      min: levels(transformStatistics?.min),
      max: levels(transformStatistics?.max),
      kurtosis: transformStatistics?.kurtosis,
      occupancy,
    },
  });
}
