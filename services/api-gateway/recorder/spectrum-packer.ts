import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { sleep } from '#shared/runtime/waiting';
import type { Database } from '../store/queryable.ts';
import { listPackable } from '../store/spectra/list-packable.ts';
import { packTiles } from '../store/spectra/pack-tiles.ts';

const INTERVAL_MS = 10_000;

/**
 * Packs spectra into tiles in the background, independently of the recording: what a gateway leaves
 * behind, any other one packs. Spectra can be read all the time.
 */
export function startSpectrumPacker(
  db: Database,
  logger: Logger,
  intervalMs = INTERVAL_MS,
): { close(): Promise<void> } {
  const closing = new AbortController();
  let lastProblem = '';

  async function packAll(): Promise<void> {
    for (const { id, completed_points, has_ended } of await listPackable(db)) {
      if (closing.signal.aborted) return;
      await packTiles(db, id, completed_points, has_ended);
    }
  }

  async function repeat(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await packAll();
        lastProblem = '';
      } catch (error) {
        const reason = errorMessage(error);
        if (reason !== lastProblem) logger.warn({ reason }, 'spectra cannot be packed into tiles now');
        lastProblem = reason;
      }
      await sleep(intervalMs, closing.signal).catch(() => undefined);
    }
  }

  const running = repeat();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}
