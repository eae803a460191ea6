import { HttpError } from './errors.ts';

/** Something that needs a sky-analyst, if one is configured. Throws 503 otherwise. */
export function requireAnalyst<T>(configured: T | undefined): T {
  if (configured !== undefined) return configured;
  throw new HttpError(503, 'No sky-analyst is configured: set SKY_ANALYST_ADDRESS of api-gateway');
}
