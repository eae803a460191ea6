import { z } from 'zod';

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    service: z.literal('api-gateway'),
    /** `ok`, or what is wrong, by name. */
    dependencies: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Health' });
