import { z } from 'zod';

/** Environment variables of the command line. */
export const configSchema = z.object({
  SKYSCAN_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:8080')
    .describe('address of the API'),
  SKYSCAN_API_KEY: z.string().optional().describe('one of the `API_KEYS` of the server, if it requires one'),
});
