import type { AxisMotion } from '#shared/sky/kinematics';
import { median } from './statistics.ts';
import type { TestMove } from './test-move.ts';
import { fitStart, travelledDeg } from './trapezoid.ts';

/**
 * Milliseconds from the command to the first movement: of moves in the same direction as the
 * previous one, and of reversed moves.
 */
export interface Delays {
  same: number[];
  reversed: number[];
}

/** The moves of an axis in order, with its motion. */
export interface TimedMoves {
  moves: readonly TestMove[];
  stepDeg: number;
  motion: AxisMotion;
  delays: Delays;
}

/** Yields after each move: a fit takes milliseconds. */
export function* delaysOf({ moves, stepDeg, motion }: Omit<TimedMoves, 'delays'>): Generator<void, Delays> {
  const same: number[] = [];
  const reversed: number[] = [];
  for (const [i, move] of moves.entries()) {
    const startS = fitStart(move.progress, move.distanceDeg, stepDeg, motion);
    yield;
    const before = moves[i - 1];
    if (startS === undefined || !before) continue;
    (before.direction === move.direction ? same : reversed).push(1000 * startS);
  }
  return { same, reversed };
}

/**
 * Motion lost on a reversal, degrees: how far the readback ends short of the setpoint, or how far
 * the motor runs before the readback follows. Zero, with a remark, if neither is visible.
 */
export function backlashOf(timed: TimedMoves, addRemark: (text: string) => void): number | undefined {
  const { moves, stepDeg, motion, delays } = timed;
  const lateMs = (median(delays.reversed) ?? NaN) - (median(delays.same) ?? NaN);
  if (Number.isNaN(lateMs)) {
    addRemark('too few reversals to measure backlash');
    return undefined;
  }
  const intervalMs = median(
    moves.flatMap(({ readings }) => readings.slice(1).map(({ atMs }, i) => atMs - (readings[i]?.atMs ?? 0))),
  );
  const runDeg = (ms: number) => travelledDeg(ms / 1000, Infinity, motion);
  const noiseDeg = median(moves.map(({ rest }) => rest.noiseDeg)) ?? 0;
  const visibleDeg = Math.max(1.5 * stepDeg, 5 * noiseDeg);
  const seenDeg = Math.max(
    above(visibleDeg, shortfallDeg(moves)),
    above(Math.max(visibleDeg, runDeg(2 * (intervalMs ?? 0))), runDeg(lateMs)),
  );
  if (seenDeg > 0) return seenDeg;
  addRemark('the readback shows no motion lost on a reversal; play behind the sensor is not visible');
  return 0;
}

function above(limitDeg: number, deg: number): number {
  return deg > limitDeg ? deg : 0;
}

/** How much further from its setpoint a move ends after a reversal. */
function shortfallDeg(moves: readonly TestMove[]): number {
  const lost = (reversed: boolean) =>
    median(
      moves.flatMap((move, i) => {
        const before = moves[i - 1];
        if (before?.toDeg !== move.fromDeg || (before.direction !== move.direction) !== reversed) return [];
        return [
          move.direction * (move.toDeg - move.fromDeg) - move.direction * (move.rest.deg - before.rest.deg),
        ];
      }),
    );
  return (lost(true) ?? 0) - (lost(false) ?? 0);
}
