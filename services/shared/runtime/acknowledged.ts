import { orAborted } from './waiting.ts';

const ACKNOWLEDGED_MS = 5_000;

/** Rejects if the broker does not acknowledge a message in time. */
export function acknowledged<T>(publishing: Promise<T>): Promise<T> {
  return orAborted(publishing, AbortSignal.timeout(ACKNOWLEDGED_MS));
}
