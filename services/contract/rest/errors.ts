import { z } from 'zod';

/** An error with a message for the user. */
export const errorSchema = z.object({ detail: z.string() }).meta({ id: 'Error' });

export const validationErrorSchema = z
  .object({
    detail: z.array(
      z.object({ loc: z.array(z.union([z.string(), z.int()])), msg: z.string(), type: z.string() }),
    ),
  })
  .meta({ id: 'ValidationError', description: 'One entry per problem' });
/** One problem of an invalid request. */
export type Problem = z.infer<typeof validationErrorSchema>['detail'][number];
