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

/** rotctld answered and refused the command. The link works; the command was not executed. */
export class RefusalError extends SkyScanError {
  constructor(kind: ErrorKind, message: string) {
    super(kind, message, { details: ABOUT_ROTCTLD });
    this.name = 'RefusalError';
  }
}

/** A refused position query. The next query may succeed. */
export class RefusedReadingError extends RefusalError {
  readonly code: number;

  constructor(code: number, observation = `rotctld refused to read the position (p)`) {
    // A query has no range, whatever the name of the code in rig.h: the controller was not read.
    const meaning = CONTROLLER_LOST.get(code) ?? 'its controller could not be read';
    super('unavailable', `${observation}: ${meaning} (RPRT ${code})`);
    this.name = 'RefusedReadingError';
    this.code = code;
  }
}

/** A moving rotor went without a readback: `count` refused queries in a row within `ms`. */
export function refusedReadings(code: number, count: number, ms: number): RefusedReadingError {
  const seconds = (ms / 1000).toFixed(1);
  return new RefusedReadingError(
    code,
    `rotctld refused to read the position (p) ${count} times in a row within ${seconds} s; likely causes: a disturbed or slow serial line, another program on the same port, a wrong model or speed (-m, -s of rotctld). Check the cable and the log of rotctld`,
  );
}

/** The error for a refusal (`RPRT -n`); `what`: the refused command, e.g. `to move (P)`. */
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

/** Fixed by the published API. */
export const NO_RECEIVER = 'Rotor does not support RSSI';

/** The error for a refusal by the rotator's own receiver: birdcage answers -6 without one. */
export function receiverRefusal(code: number, what: string): SkyScanError {
  if (code === -6) return new SkyScanError('unsupported', NO_RECEIVER);
  return new RotctldError(`rotctld refused ${what} (RPRT ${code})`);
}
