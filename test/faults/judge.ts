import type { MotionCommand } from './rotctld-log.ts';

/** What is known of a round when it is over; times are Unix milliseconds. */
export interface Evidence {
  total: number;
  /** Points in the database. */
  stored: {
    seq: number;
    cell: number;
    /** When it was measured. */
    atUnixMs: number;
    setpoint: { azimuthDeg: number; elevationDeg: number };
  }[];
  /**
   * Spans in which the simulated controller counted wrongly: the antenna did not point where it
   * said.
   */
  miscounted: { from: number; to: number }[];
  limits: { azMinDeg: number; azMaxDeg: number; elMinDeg: number; elMaxDeg: number };
  commands: MotionCommand[];
  /** Spans in which nobody may move the rotor: paused, ended, its commander dead. */
  quiet: { from: number; to: number; why: string }[];
  /** Statuses in the order in which each witness saw them. */
  witnesses: { name: string; statuses: { status: string; revision?: number }[] }[];
  /** Seqs in the order in which viewers got them, over all their connections. */
  viewed: number[];
  /** What REST, MQTT and the database said at the end. */
  final: { witness: string; status: string; completed: number }[];
  /** Pauses that nobody asked for and that have no note. */
  silentPauses: number;
}

export interface Verdict {
  lost: string[];
  duplicated: string[];
  illegalMoves: string[];
  illegalTransitions: string[];
  /** Points with a true pointing that is not theirs. */
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
 * The questions: is every point stored, once, and with its true pointing; did the rotor move where
 * or when it must not; was every status legal.
 */
export function judge(evidence: Evidence): Verdict {
  return {
    lost: lost(evidence),
    duplicated: duplicated(evidence),
    illegalMoves: illegalMoves(evidence),
    illegalTransitions: illegalTransitions(evidence),
    misplaced: misplaced(evidence),
  };
}

function lost({ total, stored, viewed, final }: Evidence): string[] {
  const seen = new Set(viewed);
  const seqs = new Set(stored.map(({ seq }) => seq));
  return [
    ...(stored.length < total ? [`${total - stored.length} of ${total} points are not stored`] : []),
    ...range(total).flatMap((seq) => (seqs.has(seq) ? [] : [`seq ${seq} is missing`])),
    ...range(stored.length).flatMap((seq) => (seen.has(seq) ? [] : [`no viewer got seq ${seq}`])),
    ...final.flatMap(({ witness, completed }) =>
      completed === total ? [] : [`${witness} ends with ${completed} of ${total} points`],
    ),
  ];
}

function duplicated({ stored, viewed }: Evidence): string[] {
  return [
    ...repeated(stored.map(({ cell }) => cell)).map((cell) => `cell ${cell} is stored twice`),
    ...repeated(viewed).map((seq) => `a viewer got seq ${seq} twice`),
  ];
}

function misplaced({ stored, miscounted }: Evidence): string[] {
  return stored.flatMap(({ seq, atUnixMs }) =>
    miscounted.some(({ from, to }) => atUnixMs > from && atUnixMs < to)
      ? [`seq ${seq} was measured while the antenna did not point where its controller said`]
      : [],
  );
}

function illegalMoves({ commands, limits, stored, quiet, total }: Evidence): string[] {
  const moves = commands.flatMap(({ target, atUnixMs, line }) =>
    target ? [{ target, atUnixMs, line }] : [],
  );
  const whole = stored.length === total;
  return moves.flatMap(({ target: { azimuthDeg: az, elevationDeg: el }, atUnixMs, line }) => {
    const said: string[] = [];
    if (!Number.isFinite(az) || !Number.isFinite(el)) said.push(`'${line}' is no pointing`);
    else if (az < limits.azMinDeg || az > limits.azMaxDeg || el < limits.elMinDeg || el > limits.elMaxDeg)
      said.push(`'${line}' is outside the limits`);
    else if (
      whole &&
      !stored.some(
        ({ setpoint }) =>
          Math.abs(setpoint.azimuthDeg - az) < SAME_DEG && Math.abs(setpoint.elevationDeg - el) < SAME_DEG,
      )
    )
      said.push(`'${line}' leads to no cell`);
    for (const { from, to, why } of quiet)
      if (atUnixMs > from && atUnixMs < to)
        said.push(`'${line}' ${Math.round(atUnixMs - from)} ms after: ${why}`);
    return said;
  });
}

function illegalTransitions({ witnesses, final, silentPauses }: Evidence): string[] {
  const said = witnesses.flatMap(({ name, statuses }) =>
    statuses.flatMap(({ status, revision }, i) => {
      const before = statuses[i - 1];
      if (!before) return [];
      const backwards = (revision ?? 0) < (before.revision ?? 0);
      if (backwards) return [`${name}: revision ${revision} after ${before.revision}`];
      return canBecome(before.status, status) ? [] : [`${name}: ${before.status} -> ${status}`];
    }),
  );
  const words = new Set(final.map(({ status }) => status));
  if (words.size > 1)
    said.push(`at the end: ${final.map(({ witness, status }) => `${witness} ${status}`).join(', ')}`);
  if (silentPauses > 0) said.push(`${silentPauses} pauses without a note`);
  return said;
}

/**
 * Whether a witness that may have missed statuses between can see these two one after the other.
 */
function canBecome(from: string, to: string): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const next of NEXT[status] ?? []) reached.add(next);
  return reached.has(to);
}

function range(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function repeated(values: number[]): number[] {
  const seen = new Set<number>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
