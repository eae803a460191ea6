import { SkyScanError } from '#shared/base/errors';
import type { AxisMotion, RotorMotion } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { runOutDeg } from './kinematics.ts';
import type { Reading } from './reading.ts';

/**
 * Readbacks of one move, as evidence of whether the controller reports its position in motion or
 * only at rest. The latter repeats the start of the move until the move is over, and then reports
 * its end.
 */
export interface MoveReport {
  readonly startedMs: number;
  readonly azimuth: AxisReport;
  readonly elevation: AxisReport;
}

interface AxisReport {
  readonly fromDeg: number;
  /**
   * The last reading that was still where the move began; none has come while it is `startedMs`.
   */
  readonly stillMs: number;
  /** The first one that was not. */
  readonly changed?: { readonly deg: number; readonly atMs: number } | undefined;
  /** It has changed more than once. */
  readonly isGradual: boolean;
}

/** What was seen of a controller that reports its position only at rest. */
export interface RestOnly {
  from: Pointing;
  to: Pointing;
  /** How long after the command it still reported `from`. */
  stillSeconds: number;
}

/** What was seen, in numbers. */
export function describeRestOnly({ from, to, stillSeconds }: RestOnly): string {
  return (
    `its position is reported only at rest: it stayed at ${formatPointing(from)} for ${stillSeconds.toFixed(1)} s ` +
    `on a move, and then was ${formatPointing(to)}`
  );
}

/**
 * Throws `hardware_fault` for a controller that was seen to report its position only at rest;
 * `instead`: what to do.
 */
export function requireVisible(restOnly: RestOnly | undefined, what: string, instead: string): void {
  if (restOnly)
    throw new SkyScanError(
      'hardware_fault',
      `${what} needs a position that is reported in motion; ${describeRestOnly(restOnly)}. ${instead}`,
    );
}

// Configured speeds may be too low by this factor.
const SPEED_FACTOR = 2;
const LEAST_DEG = 0.3;
// Some controllers start late, and a fast rotor then moves far between two readings.
const LEAST_STILL_MS = 500;
const NOISE_FACTOR = 4;
// Of the margin: a second change that is larger proves that the motion is reported.
const GRADUAL_FACTOR = 3;

/** What a readback may differ by without a motion, degrees. */
export function stillMarginDeg(stepDeg: number, noiseDeg: number): number {
  return Math.max(LEAST_DEG, stepDeg, NOISE_FACTOR * noiseDeg);
}

export function startReport(from: Pointing, startedMs: number): MoveReport {
  const axis = (fromDeg: number) => ({ fromDeg, stillMs: startedMs, isGradual: false });
  return { startedMs, azimuth: axis(from.azimuthDeg), elevation: axis(from.elevationDeg) };
}

export function observeReport(report: MoveReport, reading: Reading, marginDeg: number): MoveReport {
  const { pointing, atMs } = reading;
  return {
    ...report,
    azimuth: observeAxisReport(report.azimuth, pointing.azimuthDeg, atMs, marginDeg),
    elevation: observeAxisReport(report.elevation, pointing.elevationDeg, atMs, marginDeg),
  };
}

function observeAxisReport(axis: AxisReport, deg: number, atMs: number, marginDeg: number): AxisReport {
  const { fromDeg, changed } = axis;
  if (!changed)
    return Math.abs(deg - fromDeg) <= marginDeg
      ? { ...axis, stillMs: atMs }
      : { ...axis, changed: { deg, atMs } };
  const isGradual = axis.isGradual || Math.abs(deg - changed.deg) > GRADUAL_FACTOR * marginDeg;
  return { ...axis, isGradual };
}

/** Whether no readback has differed from the start of the move yet. */
export function isHidden({ azimuth, elevation }: MoveReport): boolean {
  return !azimuth.changed && !elevation.changed;
}

/**
 * What a move that has come to rest proves. At rest only: the position stood still for at least
 * half of the move, and then changed further than the motor moves between two readings. `shows`: it
 * changed step by step. Undefined: neither.
 */
export function judgeReport(
  report: MoveReport,
  rest: Pointing,
  motion: RotorMotion,
  marginDeg: number,
): RestOnly | 'shows' | undefined {
  const { startedMs, azimuth, elevation } = report;
  const jumping = [
    hasJumped(azimuth, motion.azimuth, startedMs, marginDeg) ? azimuth : undefined,
    hasJumped(elevation, motion.elevation, startedMs, marginDeg) ? elevation : undefined,
  ].flatMap((axis) => axis ?? []);
  if (jumping.length > 0)
    return {
      from: { azimuthDeg: azimuth.fromDeg, elevationDeg: elevation.fromDeg },
      to: rest,
      stillSeconds: (Math.max(...jumping.map(({ stillMs }) => stillMs)) - startedMs) / 1000,
    };
  return azimuth.isGradual || elevation.isGradual ? 'shows' : undefined;
}

function hasJumped(axis: AxisReport, motion: AxisMotion, startedMs: number, marginDeg: number): boolean {
  const { fromDeg, stillMs, changed, isGradual } = axis;
  if (!changed || isGradual) return false;
  if (stillMs - startedMs < Math.max(LEAST_STILL_MS, (changed.atMs - startedMs) / 2)) return false;
  const seconds = (changed.atMs - stillMs) / 1000;
  const reachDeg = marginDeg + runOutDeg(motion) + SPEED_FACTOR * motion.speedDegPerS * seconds;
  return Math.abs(changed.deg - fromDeg) > reachDeg;
}

// Configured speeds may be too high by this factor; controllers need a moment to start and to
// report.
const HIDDEN_FACTOR = 1.5;
const HIDDEN_MARGIN_MS = 2_000;

/**
 * How long a controller that reports only at rest may repeat its position on a move that should
 * take `expectedMs`, milliseconds.
 */
export function hiddenMoveBoundMs(expectedMs: number): number {
  return HIDDEN_FACTOR * expectedMs + HIDDEN_MARGIN_MS;
}
