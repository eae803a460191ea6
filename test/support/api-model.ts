import fc from 'fast-check';
import type { ModelRunner, Step } from './api-run.ts';
import type { Action } from './session-model.ts';

/** Integers in a range, without a bias towards small ones. */
const integerBetween = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));
const when = integerBetween(0, 600);
const start = (atMs: fc.Arbitrary<number>) =>
  fc.record({
    atMs,
    do: fc.constant('start' as const),
    rotor: integerBetween(0, 2),
    points: integerBetween(3, 25),
  });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: start(when) },
  {
    weight: 45,
    arbitrary: fc.record({
      atMs: when,
      do: fc.noBias(fc.constantFrom<Action[]>('pause', 'pause', 'resume', 'resume', 'resume', 'cancel')),
      session: integerBetween(0, 4),
      times: integerBetween(1, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ atMs: when, do: fc.constant('stop_rotor' as const), rotor: integerBetween(0, 2) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      atMs: when,
      do: fc.noBias(fc.constantFrom('read' as const, 'reconnect_viewer' as const)),
      session: integerBetween(0, 4),
    }),
  },
);
const restart: fc.Arbitrary<Step> = fc.record({
  atMs: integerBetween(50, 500),
  do: fc.noBias(fc.constantFrom('restart_gateway' as const, 'restart_orchestrator' as const)),
});
const steps: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(start(fc.constant(0)), { minLength: 2, maxLength: 4 }),
    fc.noBias(fc.array(step, { minLength: 60, maxLength: 120 })),
    fc.noBias(fc.array(restart, { maxLength: 2 })),
  )
  .map((parts) => parts.flat());

export interface ModelCheck {
  runs: number;
  seed: number;
  /** Factor by which the schedule of 0.6 s is stretched. */
  stretch: number;
}

/**
 * Runs schedules of about 150 requests each; throws with the seed and all contradictions. Returns a
 * summary of the figures.
 */
export async function checkAgainstModel(
  runner: ModelRunner,
  { runs, seed, stretch }: ModelCheck,
): Promise<string> {
  const sums = { requests: 0, sessions: 0 };
  const agreedAfterMs: number[] = [];
  const answers = new Map<string, number>();
  const property = fc.asyncProperty(steps, async (planned) => {
    const result = await runner.run(planned.map((one) => ({ ...one, atMs: one.atMs * stretch })));
    sums.requests += result.requests;
    sums.sessions += result.sessions;
    agreedAfterMs.push(...result.agreedAfterMs);
    for (const [kind, count] of result.answers) answers.set(kind, (answers.get(kind) ?? 0) + count);
    if (result.problems.length > 0) throw new Error(result.problems.join('\n'));
  });
  // Timing does not depend on the seed, so a shrunk schedule that fails only sometimes would be
  // less useful than the whole one.
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: true });
  const kinds = [...answers].toSorted(([a], [b]) => a.localeCompare(b));
  return (
    `seed ${seed}: ${runs} runs, ${sums.sessions} sessions, ${sums.requests} requests; ` +
    `REST agrees ${percentile(agreedAfterMs, 0.5)} ms after the last status (median), ` +
    `${percentile(agreedAfterMs, 0.99)} ms (99 %); ${kinds.map((kind) => kind.join(': ')).join(', ')}`
  );
}

function percentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN);
}
