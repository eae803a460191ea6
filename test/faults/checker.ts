import { isReachable } from '../support/status-transitions.ts';
import type { MotionCommand } from './rotctld-log.ts';

/** Data of a finished round; times are Unix milliseconds. */
export interface RoundRecord {
  total: number;
  /** Points in the database. */
  stored: {
    seq: number;
    cell: number;
    /** Measurement time. */
    atUnixMs: number;
    setpoint: { azimuthDeg: number; elevationDeg: number };
  }[];
  /** Seqs of the points with a stored spectrum; undefined: a scan without spectra. */
  withSpectrum?: number[];
  /** Spans in which the simulated controller had lost its count and reported a wrong pointing. */
  lostCountSpans: { from: number; to: number }[];
  limits: { azMinDeg: number; azMaxDeg: number; elMinDeg: number; elMaxDeg: number };
  commands: MotionCommand[];
  /** Spans in which the rotor must not move: paused, ended, or its commander dead. */
  noMotionSpans: { from: number; to: number; reason: string }[];
  /** Statuses in the order in which each observer received them. */
  observers: { name: string; statuses: { status: string; revision?: number }[] }[];
  /** Seqs in the order in which each viewer received them, over all its connections. */
  viewers: number[][];
  /** Final states of REST, MQTT and the database. */
  final: { observer: string; status: string; completed: number }[];
  /** Unrequested pauses without a note. */
  pausesWithoutNote: number;
}

export interface Problems {
  lost: string[];
  duplicated: string[];
  illegalMoves: string[];
  illegalTransitions: string[];
  /** Points measured at a wrong pointing. */
  misplaced: string[];
}

const NEXT: Record<string, string[]> = {
  pending: ['running', 'paused', 'cancelled'],
  running: ['paused', 'completed', 'cancelled'],
  paused: ['running', 'cancelled', 'completed'],
  completed: [],
  cancelled: [],
};
const SAME_DEG = 1e-3;

/**
 * Checks that every point is stored once with its true pointing, that the rotor moved only where
 * and when allowed, and that every status transition is legal.
 */
export function checkRound(record: RoundRecord): Problems {
  return {
    lost: lost(record),
    duplicated: duplicated(record),
    illegalMoves: illegalMoves(record),
    illegalTransitions: illegalTransitions(record),
    misplaced: misplaced(record),
  };
}

function lost({ total, stored, withSpectrum, viewers, final }: RoundRecord): string[] {
  const spectra = withSpectrum && new Set(withSpectrum);
  const seqs = new Set(stored.map(({ seq }) => seq));
  return [
    ...(stored.length < total ? [`${total - stored.length} of ${total} points are not stored`] : []),
    ...range(total).flatMap((seq) => (seqs.has(seq) ? [] : [`seq ${seq} is missing`])),
    ...stored.flatMap(({ seq }) => (!spectra || spectra.has(seq) ? [] : [`seq ${seq} has no spectrum`])),
    ...viewers.flatMap((seqs, index) => {
      const seen = new Set(seqs);
      return range(stored.length).flatMap((seq) =>
        seen.has(seq) ? [] : [`viewer ${index + 1} did not get seq ${seq}`],
      );
    }),
    ...final.flatMap(({ observer, completed }) =>
      completed === total ? [] : [`${observer} ends with ${completed} of ${total} points`],
    ),
  ];
}

function duplicated({ stored, viewers }: RoundRecord): string[] {
  return [
    ...repeated(stored.map(({ cell }) => cell)).map((cell) => `cell ${cell} is stored twice`),
    ...viewers.flatMap((seqs, index) =>
      repeated(seqs).map((seq) => `viewer ${index + 1} got seq ${seq} twice`),
    ),
  ];
}

function misplaced({ stored, lostCountSpans }: RoundRecord): string[] {
  return stored.flatMap(({ seq, atUnixMs }) =>
    lostCountSpans.some(({ from, to }) => atUnixMs > from && atUnixMs < to)
      ? [`seq ${seq} was measured while the controller reported a wrong pointing`]
      : [],
  );
}

function illegalMoves({ commands, limits, stored, noMotionSpans, total }: RoundRecord): string[] {
  const moves = commands.flatMap(({ target, atUnixMs, line }) =>
    target ? [{ target, atUnixMs, line }] : [],
  );
  const whole = stored.length === total;
  return moves.flatMap(({ target: { azimuthDeg: az, elevationDeg: el }, atUnixMs, line }) => {
    const found: string[] = [];
    if (!Number.isFinite(az) || !Number.isFinite(el)) found.push(`'${line}' is not a pointing`);
    else if (az < limits.azMinDeg || az > limits.azMaxDeg || el < limits.elMinDeg || el > limits.elMaxDeg)
      found.push(`'${line}' is outside the limits`);
    else if (
      whole &&
      !stored.some(
        ({ setpoint }) =>
          Math.abs(setpoint.azimuthDeg - az) < SAME_DEG && Math.abs(setpoint.elevationDeg - el) < SAME_DEG,
      )
    )
      found.push(`'${line}' does not lead to a cell`);
    for (const { from, to, reason } of noMotionSpans)
      if (atUnixMs > from && atUnixMs < to)
        found.push(`'${line}' ${Math.round(atUnixMs - from)} ms after: ${reason}`);
    return found;
  });
}

function illegalTransitions({ observers, final, pausesWithoutNote }: RoundRecord): string[] {
  const found = observers.flatMap(({ name, statuses }) =>
    statuses.flatMap(({ status, revision }, i) => {
      const before = statuses[i - 1];
      if (!before) return [];
      const backwards = (revision ?? 0) < (before.revision ?? 0);
      if (backwards) return [`${name}: revision ${revision} after ${before.revision}`];
      return isReachable(NEXT, before.status, status) ? [] : [`${name}: ${before.status} -> ${status}`];
    }),
  );
  const statuses = new Set(final.map(({ status }) => status));
  if (statuses.size > 1)
    found.push(`at the end: ${final.map(({ observer, status }) => `${observer} ${status}`).join(', ')}`);
  if (pausesWithoutNote > 0) found.push(`${pausesWithoutNote} pauses without a note`);
  return found;
}

function range(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function repeated(values: number[]): number[] {
  const seen = new Set<number>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
