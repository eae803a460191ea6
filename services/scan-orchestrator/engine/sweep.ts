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
import type { LagBook } from './lag-book.ts';
import type { Receiver, RotorHold } from './ports.ts';
import { ReadTape } from './read-tape.ts';
import { askOffsetMs } from './steady-clocks.ts';

export type SweepUnit = Extract<Unit, { kind: 'sweep' }>;

/** What has to be added to the times of driver and sampler to get ours, milliseconds. */
export interface ClockOffsets {
  driverMs: number;
  samplerMs: number;
}

/** The hardware of a sweep and what it is to do. */
export interface Sweep {
  hold: RotorHold;
  receiver: Receiver;
  settings: ReceiverSettings;
  clock: Clock;
  rules: SweepRules;
  row: RowCells;
  lag: LagBook;
  /** Gets the signs of life of rotor and receiver. */
  watch: Pick<FaultWatch, 'beat'>;
}

/** The clocks against ours. */
export async function askOffsets(
  hold: RotorHold,
  receiver: Receiver,
  clock: Clock,
  signal: AbortSignal,
): Promise<ClockOffsets> {
  const [driverMs, samplerMs] = await Promise.all([
    askOffsetMs((both) => hold.readClock(both), clock, signal),
    askOffsetMs(async (both) => (await receiver.readClock(both)).steadyMs, clock, signal),
  ]);
  return { driverMs, samplerMs };
}

/**
 * Sweeps a row, back and forth while that is quicker than stopping at the cells that are short, and
 * returns the reads of each cell of the row, and where the rotor is then. Their times are ours.
 * What fails ends all of it: nothing of an interrupted row is used.
 */
export async function sweepRow(
  { from, to }: SweepUnit,
  offsets: ClockOffsets,
  sweep: Sweep,
  signal: AbortSignal,
): Promise<{ bins: PlacedRead[][]; at: Pointing }> {
  const { receiver, settings, clock, rules, row, lag, watch } = sweep;
  const tape = new ReadTape((onRead, both) => {
    const ours = (middleMs: number) => middleMs + offsets.samplerMs;
    const take = (read: TimedRead) => {
      watch.beat('reads');
      onRead({ ...read, middleMs: ours(read.middleMs) });
    };
    return receiver.stream(settings, take, both);
  }, signal);
  try {
    await tape.until(-Infinity, signal);
    const startedMs = clock.monotonicMs();
    const reads: PlacedRead[] = [];
    for (let passes = 0; ;) {
      const [start, end] = passes % 2 === 0 ? [from, to] : [to, from];
      const { placed, at } = await onePass(start, end, offsets, sweep, tape, signal);
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
    tape.stop();
  }
}

async function onePass(
  start: Pointing,
  end: Pointing,
  offsets: ClockOffsets,
  { hold, rules, clock, watch }: Sweep,
  tape: ReadTape,
  signal: AbortSignal,
): Promise<{ placed: PlacedRead[]; at: Pointing }> {
  const positions: TimedPointing[] = [];
  const take = ({ pointing, atMs }: TimedPointing) => {
    watch.beat('position');
    positions.push({ pointing, atMs: atMs + offsets.driverMs });
  };
  tape.cut();
  const either = AbortSignal.any([signal, tape.ended]);
  let at: Pointing;
  try {
    at = await hold.sweep(end, take, either);
  } catch (error) {
    // A receiver that is lost ends the sweep: it is what went wrong, not that the sweep was ended.
    if (!signal.aborted) tape.ended.throwIfAborted();
    throw error;
  }
  await tape.until(clock.monotonicMs(), signal);
  const direction = end.azimuthDeg >= start.azimuthDeg ? 1 : -1;
  const track = sweepTrack(positions, direction, rules.azimuth.speedDegPerS);
  return { placed: placeReads(tape.cut(), track, direction), at };
}
