import { z } from 'zod';
import { sourceSchema } from './rest/sources.ts';

/** The strongest sources of a message; the API has all. */
export const MAX_MESSAGE_SOURCES = 100;

/** Payload of `sessions/{id}/sources`. */
export const sourcesMessageSchema = z
  .object({
    session_id: z.int().min(1),
    points: z.int().min(0).meta({ description: 'The sources are of this many first points of the session' }),
    total: z.int().min(0).meta({ description: 'Number of sources' }),
    sources: z
      .array(sourceSchema)
      .max(MAX_MESSAGE_SOURCES)
      .meta({ description: `The strongest ones, at most ${MAX_MESSAGE_SOURCES}` }),
  })
  .meta({ id: 'SourcesMessage' });
export type SourcesMessage = z.infer<typeof sourcesMessageSchema>;
