import { z } from 'zod';

/** An error that every client can show. */
export const errorSchema = z.object({ detail: z.string() }).meta({ id: 'Error' });

export const validationErrorSchema = z
  .object({
    detail: z.array(
      z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }),
    ),
  })
  .meta({ id: 'ValidationError', description: 'One entry for every problem' });
/** One problem of a request that does not validate. */
export type Problem = z.infer<typeof validationErrorSchema>['detail'][number];
