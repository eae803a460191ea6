import { z } from 'zod';

/**
 * What a part of Sky Scan can do for the gateway. `away`: it cannot be reached, does not answer or
 * does not serve. `impaired`: it can be asked, but something is wrong with it.
 */
const dependencyStateSchema = z.enum(['ok', 'away', 'impaired']).meta({
  description:
    'away: it cannot be reached, does not answer or does not serve; impaired: something is wrong with it',
});
export type DependencyState = z.infer<typeof dependencyStateSchema>;

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    service: z.literal('api-gateway'),
    /** `ok`, or what is wrong, by name. */
    dependencies: z.record(z.string(), z.string()),
    /** The same for programs. */
    states: z.record(z.string(), dependencyStateSchema),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof healthSchema>;
