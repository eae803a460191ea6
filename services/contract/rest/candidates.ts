import { z } from 'zod';
import { CANDIDATE_KINDS } from '../known-sky-values.ts';

const probability = z.number().min(0).max(1);

/** What a source may be. */
export const candidateSchema = z
  .object({
    name: z.string(),
    kind: z.enum(CANDIDATE_KINDS),
    posterior: probability.meta({ description: 'Probability that the source is this candidate' }),
    chance: probability.meta({ description: 'Probability that something else of its kind is as near' }),
    distance: z.number().min(0).meta({ description: 'Distance in standard deviations' }),
    agrees: z
      .array(z.enum(['frequency', 'motion']))
      .meta({ description: 'What agrees besides the direction' }),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'Candidate' });

/** What a source probably is. */
export const candidatesSchema = z
  .object({
    accepted: z.string().nullable().meta({
      description: 'Name of the candidate whose posterior is above 0.9; null: none',
    }),
    candidates: z.array(candidateSchema).max(3).meta({ description: 'The most likely ones, at most three' }),
  })
  .meta({ id: 'Candidates' });
export type Candidates = z.infer<typeof candidatesSchema>;
export type Candidate = z.infer<typeof candidateSchema>;
