import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { Book } from '../motion/rotors.ts';
import type { HeldWhereabouts, WhereaboutsStore } from '../motion/sentry.ts';

/**
 * Remembers on disk where rotors can be that are held, so that a count that is lost while this
 * process is dead is noticed.
 */
export interface WhereaboutsBook extends Book<WhereaboutsStore> {
  /** Resolves when what was written is on disk. */
  synced(): Promise<void>;
}

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
const pageSchema = z.object({
  boot: z.string(),
  holder: z.string(),
  from: pointingSchema,
  to: pointingSchema,
});
/** `writes` counts: of two copies the one with more is newer. */
const copySchema = z.object({ writes: z.number(), pages: z.record(z.string(), pageSchema) });
type Copy = z.infer<typeof copySchema>;

// The synced copy gets to the disk after the move that it tells of has begun: a sync takes up to a
// second on an SD card.
const UNSYNCED_SECONDS = 2;

/**
 * The book is in `path`, and in a copy beside it. `path` is written when a move begins and ends,
 * and never synced: a process that is killed loses nothing, and nothing waits for the disk. The
 * copy is synced behind the moves: a power cut (`boot` differs, or `path` is older) loses the last
 * `UNSYNCED_SECONDS`.
 */
export function openWhereaboutsBook(path: string, boot: string, logger: Logger): WhereaboutsBook {
  const complain = (error: unknown) =>
    logger.warn({ reason: errorMessage(error) }, 'cannot write where the rotors are');
  const syncedPath = path.replace(/(?=\.json$)/, '-synced');
  const synced = createLatestFile(syncedPath, complain);
  const [own, copy] = [readCopy(path), readCopy(syncedPath)];
  const latest = own.writes >= copy.writes ? own : copy;
  const pages = new Map(Object.entries(latest.pages));
  let { writes } = latest;

  function write(): void {
    const text = JSON.stringify({ writes: ++writes, pages: Object.fromEntries(pages) } satisfies Copy);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      complain(error);
    }
    synced.save(text);
  }

  return {
    synced: () => synced.saved(),
    of(address) {
      const page = pages.get(address);
      return {
        kept: page && {
          holder: page.holder,
          where: {
            from: page.from,
            to: page.to,
            connection: undefined,
            unseenSeconds: page.boot === boot && latest === own ? 0 : UNSYNCED_SECONDS,
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

/**
 * A value that is the same until the machine starts again; the same for ever where the kernel has
 * none.
 */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

function readCopy(path: string): Copy {
  try {
    return copySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { writes: 0, pages: {} };
  }
}
