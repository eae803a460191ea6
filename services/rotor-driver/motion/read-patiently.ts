import { sleep } from '#shared/runtime/waiting';
import { RefusedReadingError } from '../domain/refusals.ts';
import type { Observed } from '../domain/reading.ts';
import type { Readings } from './readings.ts';

const MAX_REFUSED = 5;
const RETRY_MS = 50;

/**
 * The readback now. A controller refuses one now and then: it is asked again. Throws what `read`
 * throws.
 */
export async function readPatiently(readings: Readings, signal: AbortSignal): Promise<Observed> {
  for (let refused = 1; ; refused++) {
    try {
      return await readings.read(signal);
    } catch (error) {
      if (!(error instanceof RefusedReadingError) || refused >= MAX_REFUSED) throw error;
    }
    await sleep(RETRY_MS, signal);
  }
}
