import { HttpError } from './errors.ts';

export function noAnalyst(): HttpError {
  return new HttpError(503, 'No sky-analyst is configured: set SKY_ANALYST_ADDRESS of api-gateway');
}
