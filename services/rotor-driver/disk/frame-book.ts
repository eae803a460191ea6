import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { KeptFrame } from '../domain/frame.ts';
import type { FrameStore } from '../motion/cable.ts';
import type { Book } from '../motion/rotors.ts';

/** Remembers on disk how the cables of rotators lie whose controllers do not say it. */
export interface FrameBook extends Book<FrameStore> {
  /** Resolves when everything is on disk. */
  saved(): Promise<void>;
}

const pagesSchema = z.record(
  z.string(),
  z.object({ azimuthDeg: z.number(), towardsDeg: z.number().optional() }),
);
const CAPACITY = 256;

/**
 * The book lies in `path`. A damaged one is an empty one; one that cannot be written is logged, and
 * work goes on.
 */
export function openFrameBook(path: string, logger: Logger): FrameBook {
  const pages = new Map<string, KeptFrame>(Object.entries(readPages(path)));
  // A sync takes up to a second on an SD card, and a stop must not wait for it.
  const file = createLatestFile(path, (error) => {
    logger.warn({ reason: errorMessage(error) }, 'cannot store the azimuth wrap');
  });
  return {
    saved: () => file.saved(),
    of: (address) => ({
      get kept() {
        return pages.get(address);
      },
      keep(frame) {
        pages.delete(address);
        pages.set(address, frame);
        for (const oldest of pages.keys()) if (pages.size > CAPACITY) pages.delete(oldest);
        file.save(JSON.stringify(Object.fromEntries(pages)));
      },
    }),
  };
}

function readPages(path: string): Record<string, KeptFrame> {
  try {
    return pagesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
