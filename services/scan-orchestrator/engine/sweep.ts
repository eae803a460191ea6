import type { Clock } from '#shared/runtime/clock';
import type { ReceiverSettings } from '#shared/rotor/rotor-config';
import type { Pointing } from '#shared/sky/pointing';
import type { Unit } from '../domain/sweep-plan.ts';
import { isWorthAnotherPass, type SweepRules } from '../domain/sweep-passes.ts';
import {
  binReads,
  placeReads,
  type PlacedRead,
  type RowCells,
  type TimedRead,
} from '../domain/sweep-reads.ts';
import { sweepTrack, type TimedPointing } from '../domain/sweep-track.ts';
import type { FaultWatch } from './fault-watch.ts';
import type { SweepLagEstimate } from './sweep-lag-estimate.ts';
import type { Receiver, RotorLease } from './ports.ts';
import { ReadBuffer } from './read-buffer.ts';
import { measureOffsetMs, type ClockOffsets } from './clock-sync.ts';

export type SweepUnit = Extract<Unit, { kind: 'sweep' }>;

/** The hardware and the parameters of a sweep. */
export interface Sweep {
  lease: RotorLease;
  receiver: Receiver;
  settings: ReceiverSettings;
  clock: Clock;
  rules: SweepRules;
  row: RowCells;
  lag: SweepLagEstimate;
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

/**
 * Sweeps a row back and forth while that is faster than stopping at the cells that lack reads.
 * Returns the reads of each cell, with local times, and the final position. On failure, all reads
 * of the row are discarded.
 */
export async function sweepRow(
  { from, to }: SweepUnit,
  offsets: ClockOffsets,
  sweep: Sweep,
  signal: AbortSignal,
): Promise<{ bins: PlacedRead[][]; at: Pointing }> {
  const { receiver, settings, clock, rules, row, lag, watch } = sweep;
  const buffer = new ReadBuffer((onRead, both) => {
    const ours = (middleMs: number) => middleMs + offsets.samplerMs;
    const take = (read: TimedRead) => {
      watch.beat('reads');
      onRead({ ...read, middleMs: ours(read.middleMs) });
    };
    return receiver.stream(settings, take, both);
  }, signal);
  try {
    await buffer.until(-Infinity, signal);
    const startedMs = clock.monotonicMs();
    const reads: PlacedRead[] = [];
    for (let passes = 0; ;) {
      const [start, end] = passes % 2 === 0 ? [from, to] : [to, from];
      const { placed, at } = await onePass(start, end, offsets, sweep, buffer, signal);
      for (const read of placed) reads.push(read);
      passes++;
      if (passes === 1 && lag.wantsBothWays(reads)) continue;
      if (passes === 2) lag.learn(reads);
      const bins = binReads(reads, row, lag.lagDeg);
      const counts = bins.map((bin) => bin.length);
      const seconds = (clock.monotonicMs() - startedMs) / 1000 / passes;
      if (!isWorthAnotherPass(counts, passes, seconds, rules)) return { bins, at };
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
  buffer: ReadBuffer,
  signal: AbortSignal,
): Promise<{ placed: PlacedRead[]; at: Pointing }> {
  const positions: TimedPointing[] = [];
  const take = ({ pointing, atMs }: TimedPointing) => {
    watch.beat('position');
    positions.push({ pointing, atMs: atMs + offsets.driverMs });
  };
  buffer.cut();
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
  return { placed: placeReads(buffer.cut(), track, direction), at };
}
