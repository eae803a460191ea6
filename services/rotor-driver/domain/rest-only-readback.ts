import { SkyScanError } from '#shared/base/errors';
import type { AxisMotion, RotorMotion } from '#shared/sky/kinematics';
import { formatPointing, type Pointing } from '#shared/sky/pointing';
import { runOutDeg } from './kinematics.ts';
import type { Reading } from './reading.ts';

/**
 * The readbacks of one move, as evidence of whether the controller reports its position in motion
 * or only at rest. In the latter case it repeats the start until the move is over and then reports
 * the end.
 */
export interface MoveReport {
  readonly startedMs: number;
  readonly azimuth: AxisReport;
  readonly elevation: AxisReport;
}

interface AxisReport {
  readonly fromDeg: number;
  /** The last reading at the start of the move; `startedMs` before the first one. */
  readonly stillMs: number;
  /** The first reading elsewhere. */
  readonly changed?: { readonly deg: number; readonly atMs: number } | undefined;
  /** The readback has changed more than once. */
  readonly isGradual: boolean;
}

/** The evidence that a controller reports its position only at rest. */
export interface RestOnly {
  from: Pointing;
  to: Pointing;
  /** How long it reported `from` after the command. */
  stillSeconds: number;
}

/** The evidence in numbers. */
export function describeRestOnly({ from, to, stillSeconds }: RestOnly): string {
  return (
    `its position is reported only at rest: it stayed at ${formatPointing(from)} for ${stillSeconds.toFixed(1)} s ` +
    `on a move, and then was ${formatPointing(to)}`
  );
}

/**
 * Throws `hardware_fault` if the controller reports its position only at rest; `instead`: the
 * action to take.
 */
export function requireMotionReadback(restOnly: RestOnly | undefined, what: string, instead: string): void {
  if (restOnly)
    throw new SkyScanError(
      'hardware_fault',
      `${what} needs a position that is reported in motion; ${describeRestOnly(restOnly)}. ${instead}`,
    );
}

// Configured speeds may be too low by this factor.
const SPEED_FACTOR = 2;
const MIN_DEG = 0.3;
// Some controllers start late, and a fast rotor then moves far between two readings.
const MIN_STILL_MS = 500;
const NOISE_FACTOR = 4;
// Factor of the margin. A larger second change proves that the motion is reported.
const GRADUAL_FACTOR = 3;

/** The maximum difference of readbacks without motion, degrees. */
export function stillMarginDeg(stepDeg: number, noiseDeg: number): number {
  return Math.max(MIN_DEG, stepDeg, NOISE_FACTOR * noiseDeg);
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

/** Whether every readback so far is at the start of the move. */
export function isHidden({ azimuth, elevation }: MoveReport): boolean {
  return !azimuth.changed && !elevation.changed;
}

/**
 * What a completed move proves. Only at rest: the position did not change for at least half of the
 * move, and then changed by more than the motor moves between two readings. `in-motion`: it changed
 * gradually. Undefined: neither.
 */
export function evaluateReport(
  report: MoveReport,
  rest: Pointing,
  motion: RotorMotion,
  marginDeg: number,
): RestOnly | 'in-motion' | undefined {
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
  return azimuth.isGradual || elevation.isGradual ? 'in-motion' : undefined;
}

function hasJumped(axis: AxisReport, motion: AxisMotion, startedMs: number, marginDeg: number): boolean {
  const { fromDeg, stillMs, changed, isGradual } = axis;
  if (!changed || isGradual) return false;
  if (stillMs - startedMs < Math.max(MIN_STILL_MS, (changed.atMs - startedMs) / 2)) return false;
  const seconds = (changed.atMs - stillMs) / 1000;
  const reachDeg = marginDeg + runOutDeg(motion) + SPEED_FACTOR * motion.speedDegPerS * seconds;
  return Math.abs(changed.deg - fromDeg) > reachDeg;
}

// Configured speeds may be too high by this factor, and controllers start and report late.
const HIDDEN_FACTOR = 1.5;
const HIDDEN_MARGIN_MS = 2_000;

/**
 * The maximum time that a controller that reports only at rest repeats its position during a move
 * of `expectedMs`, milliseconds.
 */
export function hiddenMoveBoundMs(expectedMs: number): number {
  return HIDDEN_FACTOR * expectedMs + HIDDEN_MARGIN_MS;
}
