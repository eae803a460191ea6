import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import { errorMessage } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import type { StoresByAddress } from '../motion/rotors.ts';
import type { SavedExpectedPosition, ExpectedPositionStore } from '../motion/disturbance-detector.ts';

/**
 * Stores on disk where leased rotors can be, so that a position count lost while this process was
 * not running is detected.
 */
export interface ExpectedPositionStores extends StoresByAddress<ExpectedPositionStore> {
  /** Resolves when the file is on disk. */
  synced(): Promise<void>;
}

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
const positionSchema = z.object({
  boot: z.string(),
  holder: z.string(),
  from: pointingSchema,
  to: pointingSchema,
});
/** The copy with more `writes` is the newer one. The key `pages` is kept for stored files. */
const copySchema = z.object({ writes: z.number(), pages: z.record(z.string(), positionSchema) });
type Copy = z.infer<typeof copySchema>;

// The synced copy reaches the disk after the move has begun: a sync takes up to a second on an SD
// card.
const UNSYNCED_SECONDS = 2;

/**
 * Opens the store in `path`, with a synced copy beside it. `path` is written when a move begins and
 * ends, without a sync: a killed process loses nothing, and no move waits for the disk. The copy is
 * synced in the background: a power cut (`boot` differs, or `path` is older) loses the last
 * `UNSYNCED_SECONDS`.
 */
export function openExpectedPositionStores(
  path: string,
  boot: string,
  logger: Logger,
): ExpectedPositionStores {
  const logFailure = (error: unknown) =>
    logger.warn({ reason: errorMessage(error) }, 'cannot store the expected positions of the rotors');
  const syncedPath = path.replace(/(?=\.json$)/, '-synced');
  const synced = createLatestFile(syncedPath, logFailure);
  const [own, copy] = [readCopy(path), readCopy(syncedPath)];
  const latest = own.writes >= copy.writes ? own : copy;
  const positions = new Map(Object.entries(latest.pages));
  let { writes } = latest;

  function write(): void {
    const text = JSON.stringify({ writes: ++writes, pages: Object.fromEntries(positions) } satisfies Copy);
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    } catch (error) {
      logFailure(error);
    }
    synced.save(text);
  }

  return {
    synced: () => synced.saved(),
    of(address) {
      const position = positions.get(address);
      return {
        saved: position && {
          holder: position.holder,
          expected: {
            from: position.from,
            to: position.to,
            connection: undefined,
            unseenSeconds: position.boot === boot && latest === own ? 0 : UNSYNCED_SECONDS,
          },
        },
        save(next: SavedExpectedPosition | undefined) {
          if (!next && !positions.delete(address)) return;
          if (next)
            positions.set(address, {
              boot,
              holder: next.holder,
              from: next.expected.from,
              to: next.expected.to,
            });
          write();
        },
      };
    },
  };
}

/** An id that changes when the machine boots; empty where the kernel provides none. */
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
