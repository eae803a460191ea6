import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { errorMessage } from '#shared/errors';
import type { Logger } from '#shared/logger';
import type { HeldWhereabouts, WhereaboutsStore } from '../motion/sentry.ts';

/** Remembers on disk where rotors can be that are held, so that a count that is lost while this process is dead is noticed. */
export interface WhereaboutsBook {
  /** The page of one rotator, by its address. */
  of(address: string): WhereaboutsStore;
}

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
const bookSchema = z.object({
  boot: z.string(),
  rotors: z.record(z.string(), z.object({ holder: z.string(), from: pointingSchema, to: pointingSchema })),
});

type Pages = z.infer<typeof bookSchema>['rotors'];

/**
 * The book is in `path`. It is written when a move begins and ends, and never synced: a process that is killed loses nothing, and after a power
 * cut (`boot` differs) an old page would report a rotor that only moved on, so it is not used.
 */
export function openWhereaboutsBook(path: string, boot: string, logger: Logger): WhereaboutsBook {
  const pages = new Map(Object.entries(readPages(path, boot)));

  function write(): void {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify({ boot, rotors: Object.fromEntries(pages) }));
    } catch (error) {
      logger.warn({ reason: errorMessage(error) }, 'cannot write where the rotors are');
    }
  }

  return {
    of(address) {
      const page = pages.get(address);
      return {
        kept: page && {
          holder: page.holder,
          where: { from: page.from, to: page.to, connection: undefined },
        },
        keep(held: HeldWhereabouts | undefined) {
          if (!held && !pages.delete(address)) return;
          if (held) pages.set(address, { holder: held.holder, from: held.where.from, to: held.where.to });
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

function readPages(path: string, boot: string): Pages {
  try {
    const book = bookSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return book.boot === boot ? book.rotors : {};
  } catch {
    return {};
  }
}
