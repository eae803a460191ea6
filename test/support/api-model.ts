import fc from 'fast-check';
import type { RunStage, Step } from './api-run.ts';
import type { Action } from './session-model.ts';

/** Numbers in a range, the small ones no likelier than the others. */
const within = (min: number, max: number) => fc.noBias(fc.integer({ min, max }));
const when = within(0, 600);
const start = (atMs: fc.Arbitrary<number>) =>
  fc.record({ atMs, do: fc.constant('start' as const), rotor: within(0, 2), points: within(3, 25) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: start(when) },
  {
    weight: 45,
    arbitrary: fc.record({
      atMs: when,
      do: fc.noBias(fc.constantFrom<Action[]>('pause', 'pause', 'resume', 'resume', 'resume', 'cancel')),
      session: within(0, 4),
      times: within(1, 3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ atMs: when, do: fc.constant('stop_rotor' as const), rotor: within(0, 2) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      atMs: when,
      do: fc.noBias(fc.constantFrom('look' as const, 'come_back' as const)),
      session: within(0, 4),
    }),
  },
);
const restart: fc.Arbitrary<Step> = fc.record({
  atMs: within(50, 500),
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
  /** How much slower than in 0.6 s everything happens. */
  stretch: number;
}

/**
 * Plays runs of some 150 requests each; throws with the seed and everything that cannot be. Returns
 * the figures in a sentence.
 */
export async function checkAgainstModel(
  stage: RunStage,
  { runs, seed, stretch }: ModelCheck,
): Promise<string> {
  const sums = { requests: 0, sessions: 0 };
  const agreedAfterMs: number[] = [];
  const answers = new Map<string, number>();
  const property = fc.asyncProperty(steps, async (planned) => {
    const result = await stage.play(planned.map((one) => ({ ...one, atMs: one.atMs * stretch })));
    sums.requests += result.requests;
    sums.sessions += result.sessions;
    agreedAfterMs.push(...result.agreedAfterMs);
    for (const [kind, count] of result.answers) answers.set(kind, (answers.get(kind) ?? 0) + count);
    if (result.complaints.length > 0) throw new Error(result.complaints.join('\n'));
  });
  // Time is no function of the seed: a shorter schedule that fails now and then would say less than
  // the whole one.
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
