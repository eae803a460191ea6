import { sleep } from '#shared/runtime/waiting';
import { RefusedReadingError } from '../domain/refusals.ts';
import type { Readback } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

const MAX_REFUSED = 5;
const RETRY_MS = 50;

/** Reads the position and retries occasional refusals. Throws what `read` throws. */
export async function readWithRetries(readings: Readings, signal: AbortSignal): Promise<Readback> {
  for (let refused = 1; ; refused++) {
    try {
      return await readings.read(signal);
    } catch (error) {
      if (!(error instanceof RefusedReadingError) || refused >= MAX_REFUSED) throw error;
    }
    await sleep(RETRY_MS, signal);
  }
}
