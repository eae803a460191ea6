import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import type { KeptFrame } from '../domain/frame.ts';
import type { FrameStore } from '../motion/cable.ts';

/** Remembers on disk how the cables of rotators lie whose controllers do not say it. */
export interface FrameBook {
  /** The page of one rotator, by its address. */
  of(address: string): FrameStore;
}

const pagesSchema = z.record(
  z.string(),
  z.object({ azimuthDeg: z.number(), towardsDeg: z.number().optional() }),
);
const CAPACITY = 256;

/** The book lies in `path`. A damaged one is an empty one; one that cannot be written is logged, and work goes on. */
export function openFrameBook(path: string, logger: Logger): FrameBook {
  const pages = new Map<string, KeptFrame>(Object.entries(readPages(path)));
  return {
    of: (address) => ({
      get kept() {
        return pages.get(address);
      },
      keep(frame) {
        pages.delete(address);
        pages.set(address, frame);
        for (const oldest of pages.keys()) if (pages.size > CAPACITY) pages.delete(oldest);
        try {
          writePages(path, Object.fromEntries(pages));
        } catch (error) {
          logger.warn({ reason: errorMessage(error) }, 'cannot note how the cable lies');
        }
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

function writePages(path: string, pages: Record<string, KeptFrame>): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.draft`;
  writeFileSync(draft, JSON.stringify(pages));
  renameSync(draft, path);
}
