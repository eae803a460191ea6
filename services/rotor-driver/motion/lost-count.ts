import { axisDistanceDeg, type Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { sleep } from '#shared/runtime/waiting';
import { runOutDeg } from '../domain/kinematics.ts';
import { canBeAt, isJump, readbackMarginDeg, retreatDeg } from '../domain/whereabouts.ts';
import { GarbledReplyError } from '../domain/garbled-reply.ts';
import { changedWhileAway, jumped, type DisturbedError } from './endings.ts';
import { readPatiently } from './read-patiently.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

// So many readbacks beyond the first have to agree.
const CONFIRMATIONS = 2;
const READBACKS_APART_MS = 15;
// Configured speeds may be wrong by less.
const SPEED_FACTOR = 4;
const MOVES_ON_DEG = 0.1;

/** Two readbacks of a rotor on its way. */
export interface Step {
  last: Observed;
  readback: Observed;
  target: Pointing;
  rotor: RotorConfig;
}

/** `lost`: why the readback is not to be trusted. `suspect`: the next readback tells. */
export type CountVerdict = { lost: DisturbedError } | 'suspect' | 'fine';

/**
 * Whether a rotor on its way has lost its count: what it says after a reconnect is not between its
 * last readback and its target, or it says without one that it is further from its target than the
 * motor can have taken it. Further readbacks have to confirm it.
 */
export async function judgeCount(readings: Readings, step: Step, signal: AbortSignal): Promise<CountVerdict> {
  const { last } = step;
  const isReconnected = step.readback.connection !== last.connection;
  if (!isOutOfPlace(step, readings.noiseDeg)) return 'fine';
  if (!isReconnected && !isFast(step)) return 'suspect';
  let { readback } = step;
  for (let confirmed = 0; confirmed < CONFIRMATIONS; confirmed++) {
    await sleep(READBACKS_APART_MS, signal);
    try {
      readback = await readPatiently(readings, signal);
    } catch (error) {
      if (error instanceof GarbledReplyError) return 'suspect';
      throw error;
    }
    if (!isOutOfPlace({ ...step, readback }, readings.noiseDeg)) return 'fine';
    // What moves on is a motion, and judged as such.
    if (!isReconnected && movesOn(step, readback)) return 'fine';
  }
  if (readback.connection === last.connection) return { lost: jumpOf(step, readback) };
  return { lost: changedWhileAway(last.pointing, readback.pointing) };
}

/**
 * The readback after a suspect one: a motor that has driven the rotor away drives on, a count that
 * is lost stays.
 */
export function judgeSuspect(
  suspect: Step,
  readback: Observed,
  noiseDeg: number,
): DisturbedError | undefined {
  const stays = isOutOfPlace({ ...suspect, readback }, noiseDeg) && !movesOn(suspect, readback);
  return stays ? jumpOf(suspect, readback) : undefined;
}

function movesOn({ readback: first, target }: Step, readback: Observed): boolean {
  return retreatDeg(first.pointing, readback.pointing, target) > MOVES_ON_DEG;
}

function jumpOf({ last, readback: first }: Step, readback: Observed): DisturbedError {
  return jumped(last.pointing, readback.pointing, (first.atMs - last.atMs) / 1000);
}

function isFast({ last, readback, rotor }: Step): boolean {
  const seconds = (readback.atMs - last.atMs) / 1000;
  const fastest = Math.max(rotor.azimuth.speedDegPerS, rotor.elevation.speedDegPerS);
  return isJump(axisDistanceDeg(last.pointing, readback.pointing), seconds, fastest, SPEED_FACTOR);
}

/**
 * Whether a rotor is further from its target than it was, or after a reconnect not between there
 * and where it was.
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
