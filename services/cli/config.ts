import { z } from 'zod';

/** The environment of the command line. */
export const configSchema = z.object({
  /** Where the API is. */
  SKYSCAN_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8080'),
  /** One of the server's `API_KEYS`, where it has any. */
  SKYSCAN_API_KEY: z.string().optional(),
});
