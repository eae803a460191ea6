import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { SavedAzimuthWrap } from '../domain/azimuth-wrap.ts';
import type { AzimuthWrapStore } from '../motion/azimuth-unwrapper.ts';
import type { StoresByAddress } from '../motion/rotors.ts';

/** Stores on disk the azimuth wraps of rotators whose controllers report 0 to 360 degrees. */
export interface AzimuthWrapStores extends StoresByAddress<AzimuthWrapStore> {
  /** Resolves when everything is on disk. */
  synced(): Promise<void>;
}

const wrapsSchema = z.record(
  z.string(),
  z.object({ azimuthDeg: z.number(), towardsDeg: z.number().optional() }),
);
const CAPACITY = 256;

/** Opens the store in `path`. A damaged file counts as empty; a failed write is only logged. */
export function openAzimuthWrapStores(path: string, logger: Logger): AzimuthWrapStores {
  const wraps = new Map<string, SavedAzimuthWrap>(Object.entries(readWraps(path)));
  // A sync takes up to a second on an SD card, and a stop must not wait for it.
  const file = createLatestFile(path, (error) => {
    logger.warn({ reason: errorMessage(error) }, 'cannot store the azimuth wrap');
  });
  return {
    synced: () => file.saved(),
    of: (address) => ({
      get saved() {
        return wraps.get(address);
      },
      save(wrap) {
        wraps.delete(address);
        wraps.set(address, wrap);
        for (const oldest of wraps.keys()) if (wraps.size > CAPACITY) wraps.delete(oldest);
        file.save(JSON.stringify(Object.fromEntries(wraps)));
      },
    }),
  };
}

function readWraps(path: string): Record<string, SavedAzimuthWrap> {
  try {
    return wrapsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
