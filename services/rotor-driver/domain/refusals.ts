import { SkyScanError, type ErrorKind } from '#shared/base/errors';
import { ABOUT_ROTCTLD, RotctldError } from './rotctld-error.ts';

// Hamlib's error numbers (rig.h), negated as RPRT shows them.
const OUT_OF_RANGE = new Set([-1, -21]); // -1 up to 4.5, -21 since 4.6
const CONTROLLER_LOST = new Map([
  [-5, 'its controller does not answer'],
  [-6, 'it has lost its controller'],
  [-8, 'it does not understand its controller'],
]);
const CANNOT = new Set([-11, -4]);

/**
 * An answer, though not the one that was asked for: the link is whole, and what was asked for did
 * not happen.
 */
export class RefusalError extends SkyScanError {
  constructor(kind: ErrorKind, message: string) {
    super(kind, message, { details: ABOUT_ROTCTLD });
    this.name = 'RefusalError';
  }
}

/**
 * A position query that was refused. The reading is missed, nothing else: the next query may bring
 * one.
 */
export class RefusedReadingError extends RefusalError {
  readonly code: number;

  constructor(code: number, observation = `rotctld refused to read the position (p)`) {
    // A query has no range: whatever the number is called in rig.h, the controller could not be
    // read.
    const meaning = CONTROLLER_LOST.get(code) ?? 'its controller could not be read';
    super('unavailable', `${observation}: ${meaning} (RPRT ${code})`);
    this.name = 'RefusedReadingError';
    this.code = code;
  }
}

/**
 * So many position queries in a row were refused, over so many milliseconds, that a rotor under way
 * is out of sight.
 */
export function refusedReadings(code: number, count: number, ms: number): RefusedReadingError {
  const seconds = (ms / 1000).toFixed(1);
  return new RefusedReadingError(
    code,
    `rotctld refused to read the position (p) ${count} times in a row within ${seconds} s; likely causes: a disturbed or slow serial line, another program on the same port, a wrong model or speed (-m, -s of rotctld). Check the cable and the log of rotctld`,
  );
}

/**
 * What a refusal (`RPRT -n`) of a command means; `what`: the command as people and rotctld know it,
 * `to move (P)`.
 */
export function refusalError(code: number, what: string): RefusalError {
  return new RefusalError(kindOf(code), `rotctld refused ${what}: ${meaningOf(code)}(RPRT ${code})`);
}

function kindOf(code: number): ErrorKind {
  if (OUT_OF_RANGE.has(code)) return 'out_of_range';
  if (CONTROLLER_LOST.has(code)) return 'unavailable';
  return CANNOT.has(code) ? 'unsupported' : 'hardware_fault';
}

function meaningOf(code: number): string {
  const lost = CONTROLLER_LOST.get(code);
  if (lost !== undefined) return `${lost} `;
  if (OUT_OF_RANGE.has(code)) return 'out of its range ';
  return CANNOT.has(code) ? 'the rotator cannot do that ' : '';
}

/** As published. */
export const NO_RECEIVER = 'Rotor does not support RSSI';

/**
 * What a refusal means that came from a rotator's own receiver: birdcage says -6 for what it does
 * not have.
 */
export function receiverRefusal(code: number, what: string): SkyScanError {
  if (code === -6) return new SkyScanError('unsupported', NO_RECEIVER);
  return new RotctldError(`rotctld refused ${what} (RPRT ${code})`);
}
