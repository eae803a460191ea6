import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { runOutDeg } from '../domain/kinematics.ts';
import { canBeAt, isJump, readbackMarginDeg, retreatDeg } from '../domain/expected-position.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { changedWhileDisconnected, jumped, type DisturbedError } from './motion-errors.ts';
import { readWithRetries } from './read-with-retries.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

// How many further readbacks have to agree.
const CONFIRMATIONS = 2;
const READBACKS_APART_MS = 15;
// Configured speeds may be too low by this factor.
const SPEED_FACTOR = 4;
const STILL_MOVING_DEG = 0.1;

/** Two consecutive readbacks during a move. */
export interface Step {
  last: Readback;
  readback: Readback;
  target: Pointing;
  rotor: RotorConfig;
}

/** `lost`: the readback cannot be trusted. `suspect`: the next readback decides. */
export type CountVerdict = { lost: DisturbedError } | 'suspect' | 'fine';

/**
 * Checks whether the controller of a moving rotor has lost its count: after a reconnect the
 * readback is not between the last one and the target, or it moved away from the target faster than
 * the motor can. Further readbacks have to confirm this.
 */
export async function checkCount(readings: Readings, step: Step, signal: AbortSignal): Promise<CountVerdict> {
  const { last } = step;
  const isReconnected = step.readback.connection !== last.connection;
  if (!isOutOfPlace(step, readings.noiseDeg)) return 'fine';
  if (!isReconnected && !isFast(step)) return 'suspect';
  let { readback } = step;
  for (let confirmed = 0; confirmed < CONFIRMATIONS; confirmed++) {
    await sleep(READBACKS_APART_MS, signal);
    try {
      readback = await readWithRetries(readings, signal);
    } catch (error) {
      if (error instanceof GarbledReplyError) return 'suspect';
      throw error;
    }
    if (!isOutOfPlace({ ...step, readback }, readings.noiseDeg)) return 'fine';
    // Continued motion is checked by the track of the move.
    if (!isReconnected && isStillMoving(step, readback)) return 'fine';
  }
  if (readback.connection === last.connection) return { lost: jumpError(step, readback) };
  return { lost: changedWhileDisconnected(last.pointing, readback.pointing) };
}

/** Checks the readback after a suspect one: a motor keeps moving, a lost count does not. */
export function recheckSuspect(
  suspect: Step,
  readback: Readback,
  noiseDeg: number,
): DisturbedError | undefined {
  const stays = isOutOfPlace({ ...suspect, readback }, noiseDeg) && !isStillMoving(suspect, readback);
  return stays ? jumpError(suspect, readback) : undefined;
}

function isStillMoving({ readback: first, target }: Step, readback: Readback): boolean {
  return retreatDeg(first.pointing, readback.pointing, target) > STILL_MOVING_DEG;
}

function jumpError({ last, readback: first }: Step, readback: Readback): DisturbedError {
  return jumped(last.pointing, readback.pointing, (first.atMs - last.atMs) / 1000);
}

function isFast({ last, readback, rotor }: Step): boolean {
  const seconds = (readback.atMs - last.atMs) / 1000;
  const fastest = Math.max(rotor.azimuth.speedDegPerS, rotor.elevation.speedDegPerS);
  return isJump(axisDistanceDeg(last.pointing, readback.pointing), seconds, fastest, SPEED_FACTOR);
}

/**
 * Whether a rotor is further from its target than before, or, after a reconnect, not between its
 * last readback and its target.
 */
export function isOutOfPlace({ last, readback, target, rotor }: Step, noiseDeg: number): boolean {
  const marginDeg = 2 * readbackMarginDeg(rotor.toleranceDeg, noiseDeg);
  const azimuthDeg = marginDeg + runOutDeg(rotor.azimuth);
  const elevationDeg = marginDeg + runOutDeg(rotor.elevation);
  if (readback.connection === last.connection)
    return retreatDeg(last.pointing, readback.pointing, target) > Math.max(azimuthDeg, elevationDeg);
  const where = { from: last.pointing, to: target, connection: last.connection };
  return !canBeAt(where, readback.pointing, { azimuthDeg, elevationDeg });
}
