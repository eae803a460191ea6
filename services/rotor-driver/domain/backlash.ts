import type { AxisMotion } from '#shared/sky/kinematics';
import { median } from './statistics.ts';
import type { TestMove } from './test-move.ts';
import { fitStart, travelledDeg } from './trapezoid.ts';

/**
 * Milliseconds from the command to the first movement, of moves in the direction of the one before
 * and of others.
 */
export interface Delays {
  same: number[];
  reversed: number[];
}

/** The moves of an axis in their order, and how it moves. */
export interface Timed {
  moves: readonly TestMove[];
  stepDeg: number;
  motion: AxisMotion;
  delays: Delays;
}

/** Yields after each move: a fit takes milliseconds. */
export function* delaysOf({ moves, stepDeg, motion }: Omit<Timed, 'delays'>): Generator<void, Delays> {
  const same: number[] = [];
  const reversed: number[] = [];
  for (const [i, move] of moves.entries()) {
    const startS = fitStart(move.way, move.distanceDeg, stepDeg, motion);
    yield;
    const before = moves[i - 1];
    if (startS === undefined || !before) continue;
    (before.direction === move.direction ? same : reversed).push(1000 * startS);
  }
  return { same, reversed };
}

/**
 * Motion that is lost when the direction turns, degrees: what the readback then falls short of the
 * setpoint, or what the motor runs before the readback follows. Zero, with a remark, where neither
 * can be seen.
 */
export function backlashOf(timed: Timed, say: (words: string) => void): number | undefined {
  const { moves, stepDeg, motion, delays } = timed;
  const lateMs = (median(delays.reversed) ?? NaN) - (median(delays.same) ?? NaN);
  if (Number.isNaN(lateMs)) {
    say('too few turns of its direction to see backlash');
    return undefined;
  }
  const apartMs = median(
    moves.flatMap(({ readings }) => readings.slice(1).map(({ atMs }, i) => atMs - (readings[i]?.atMs ?? 0))),
  );
  const runDeg = (ms: number) => travelledDeg(ms / 1000, Infinity, motion);
  const noiseDeg = median(moves.map(({ rest }) => rest.noiseDeg)) ?? 0;
  const visibleDeg = Math.max(1.5 * stepDeg, 5 * noiseDeg);
  const seenDeg = Math.max(
    above(visibleDeg, shortfallDeg(moves)),
    above(Math.max(visibleDeg, runDeg(2 * (apartMs ?? 0))), runDeg(lateMs)),
  );
  if (seenDeg > 0) return seenDeg;
  say('no motion is lost at a turn as far as its readback shows; play behind its sensor cannot be seen');
  return 0;
}

function above(limitDeg: number, deg: number): number {
  return deg > limitDeg ? deg : 0;
}

/** How much more a move falls short of its setpoint when the direction turns. */
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
