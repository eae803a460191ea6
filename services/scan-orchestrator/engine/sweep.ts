import type { Clock } from '#shared/runtime/clock';
import type { Pointing } from '#shared/sky/pointing';
import type { PendingSpectrum } from '../domain/measurement.ts';
import type { Unit } from '../domain/sweep-plan.ts';
import { isWorthAnotherPass, type SweepRules } from '../domain/sweep-passes.ts';
import { binReads, placeReads, type Placed, type PlacedRead, type RowCells } from '../domain/sweep-reads.ts';
import {
  chunkBytes,
  createChunkBuffer,
  type Chunk,
  type ChunkBuffer,
  type StreamedRead,
} from '../domain/sweep-spectra.ts';
import { sweepTrack, type TimedPointing } from '../domain/sweep-track.ts';
import type { FaultWatch } from './fault-watch.ts';
import type { SweepLagEstimate } from './sweep-lag-estimate.ts';
import type { Receiver, RotorLease } from './ports.ts';
import type { SpectrumQueue } from './spectrum-queue.ts';
import { ReadBuffer } from './read-buffer.ts';
import { measureOffsetMs, type ClockOffsets } from './clock-sync.ts';
import type { Tuning } from './tunings.ts';

export type SweepUnit = Extract<Unit, { kind: 'sweep' }>;

/** The hardware and the parameters of a sweep. */
export interface Sweep {
  lease: RotorLease;
  receiver: Receiver;
  tuning: Tuning;
  clock: Clock;
  rules: SweepRules;
  row: RowCells;
  lag: SweepLagEstimate;
  spectra: SpectrumQueue;
  /** Receives the progress of rotor and receiver. */
  watch: Pick<FaultWatch, 'beat'>;
}

/** Measures both clock offsets. */
export async function measureOffsets(
  lease: RotorLease,
  receiver: Receiver,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockOffsets> {
  const [driverMs, samplerMs] = await Promise.all([
    measureOffsetMs((both) => lease.readClock(both), clock, signal),
    measureOffsetMs(async (both) => (await receiver.readClock(both)).monotonicMs, clock, signal),
  ]);
  return { driverMs, samplerMs };
}

/** What one tuning received in a cell of a row; times are local. */
export interface SweptCell {
  reads: PlacedRead[];
  /** Undefined without spectra, and in a cell without reads. */
  spectrum: PendingSpectrum | undefined;
}

/**
 * Sweeps a row back and forth while that is faster than stopping at the cells that lack reads.
 * Returns what each cell received, and the final position. On failure, all reads of the row are
 * discarded.
 */
export async function sweepRow(
  { from, to }: Pick<SweepUnit, 'from' | 'to'>,
  offsets: ClockOffsets,
  sweep: Sweep,
  signal: AbortSignal,
): Promise<{ cells: SweptCell[]; at: Pointing }> {
  const { receiver, tuning, clock, rules, row, lag, spectra, watch } = sweep;
  const cellMs = (1000 * rules.stepDeg) / rules.azimuth.speedDegPerS;
  const chunkBuffer = createChunkBuffer(cellMs, rules.readMs);
  const buffer = new ReadBuffer((onRead, both) => {
    const ours = (middleMs: number) => middleMs + offsets.samplerMs;
    const take = ({ spectrum, ...read }: StreamedRead) => {
      watch.beat('reads');
      const timed = { ...read, middleMs: ours(read.middleMs) };
      chunkBuffer.add({ ...timed, spectrum });
      onRead(timed);
    };
    return receiver.stream(tuning, take, both);
  }, signal);
  try {
    await buffer.until(-Infinity, signal);
    const startedMs = clock.monotonicMs();
    const reads: PlacedRead[] = [];
    const chunks: Placed<Chunk>[] = [];
    for (let passes = 0; ;) {
      const [start, end] = passes % 2 === 0 ? [from, to] : [to, from];
      const pass = await onePass(start, end, offsets, sweep, { reads: buffer, chunks: chunkBuffer }, signal);
      for (const read of pass.reads) reads.push(read);
      for (const chunk of pass.chunks) chunks.push(chunk);
      passes++;
      if (passes === 1 && lag.wantsBothWays(reads)) continue;
      if (passes === 2) lag.learn(reads);
      const bins = binReads(reads, row, lag.lagDeg);
      const counts = bins.map((bin) => bin.length);
      const seconds = (clock.monotonicMs() - startedMs) / 1000 / passes;
      const bytes = chunkBytes((chunks.length * (passes + 1)) / passes, tuning.spectrum?.channels ?? 0);
      if (spectra.hasRoom(bytes) && isWorthAnotherPass(counts, passes, seconds, rules)) continue;
      const chunkBins = binReads(chunks, row, lag.lagDeg);
      const cells = bins.map((reads, cell) => {
        const [first, ...others] = chunkBins[cell] ?? [];
        return { reads, spectrum: first && spectra.compute([first, ...others], tuning.dbmOffsetDb) };
      });
      return { cells, at: pass.at };
    }
  } finally {
    buffer.stop();
  }
}

async function onePass(
  start: Pointing,
  end: Pointing,
  offsets: ClockOffsets,
  { lease, rules, clock, watch }: Sweep,
  buffers: { reads: ReadBuffer; chunks: ChunkBuffer },
  signal: AbortSignal,
): Promise<{ reads: PlacedRead[]; chunks: Placed<Chunk>[]; at: Pointing }> {
  const buffer = buffers.reads;
  const positions: TimedPointing[] = [];
  const take = ({ pointing, atMs }: TimedPointing) => {
    watch.beat('position');
    positions.push({ pointing, atMs: atMs + offsets.driverMs });
  };
  buffer.cut();
  buffers.chunks.cut();
  const either = AbortSignal.any([signal, buffer.ended]);
  let at: Pointing;
  try {
    at = await lease.sweep(end, take, either);
  } catch (error) {
    // The lost receiver is the cause; the aborted sweep only the consequence.
    if (!signal.aborted) buffer.ended.throwIfAborted();
    throw error;
  }
  await buffer.until(clock.monotonicMs(), signal);
  const direction = end.azimuthDeg >= start.azimuthDeg ? 1 : -1;
  const track = sweepTrack(positions, direction, rules.azimuth.speedDegPerS);
  return {
    reads: placeReads(buffer.cut(), track, direction),
    chunks: placeReads(buffers.chunks.cut(), track, direction),
    at,
  };
}
