import { z } from 'zod';

/**
 * `away`: the part cannot be reached, does not answer or does not serve. `impaired`: it answers,
 * but has a problem.
 */
const dependencyStateSchema = z.enum(['ok', 'away', 'impaired']).meta({
  description:
    'away: cannot be reached, does not answer or does not serve; impaired: answers, but has a problem',
});
export type DependencyState = z.infer<typeof dependencyStateSchema>;

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    service: z.literal('api-gateway'),
    /** `ok` or the problem, by name. */
    dependencies: z.record(z.string(), z.string()),
    /** The same in machine-readable form. */
    states: z.record(z.string(), dependencyStateSchema),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;

export const readinessSchema = z.object({ status: z.literal('ready') }).meta({ id: 'Readiness' });
