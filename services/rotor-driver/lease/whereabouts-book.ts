import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createBackgroundSync } from '#shared/durable-file';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import type { HeldWhereabouts, WhereaboutsStore } from '../motion/sentry.ts';

/** Remembers on disk where rotors can be that are held, so that a count that is lost while this process is dead is noticed. */
export interface WhereaboutsBook {
  /** The page of one rotator, by its address. */
  of(address: string): WhereaboutsStore;
  /** Resolves when what was written is on disk. */
  synced(): Promise<void>;
}

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
const pagesSchema = z.record(
  z.string(),
  z.object({ boot: z.string(), holder: z.string(), from: pointingSchema, to: pointingSchema }),
);

// A page gets to the disk after the move that it tells of has begun. A sync takes up to a second on an SD card.
const UNSYNCED_SECONDS = 2;

/**
 * The book is in `path`. It is written when a move begins and ends, and synced behind the moves: a process that is killed loses nothing, and a
 * power cut (`boot` differs) the last `UNSYNCED_SECONDS`.
 */
export function openWhereaboutsBook(path: string, boot: string, logger: Logger): WhereaboutsBook {
  const pages = new Map(Object.entries(readPages(path)));
  const disk = createBackgroundSync(path);

  function write(): void {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(Object.fromEntries(pages)));
      disk.request();
    } catch (error) {
      logger.warn({ reason: errorMessage(error) }, 'cannot write where the rotors are');
    }
  }

  return {
    synced: () => disk.done(),
    of(address) {
      const page = pages.get(address);
      return {
        kept: page && {
          holder: page.holder,
          where: {
            from: page.from,
            to: page.to,
            connection: undefined,
            unseenSeconds: page.boot === boot ? 0 : UNSYNCED_SECONDS,
          },
        },
        keep(held: HeldWhereabouts | undefined) {
          if (!held && !pages.delete(address)) return;
          if (held)
            pages.set(address, { boot, holder: held.holder, from: held.where.from, to: held.where.to });
          write();
        },
      };
    },
  };
}

/** A value that is the same until the machine starts again; the same for ever where the kernel has none. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function readPages(path: string): z.infer<typeof pagesSchema> {
  try {
    return pagesSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return {};
  }
}
