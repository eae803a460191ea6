import { constants, closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import type { MountStore } from './engine/mount.ts';

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
/** The copy with more `writes` is the newer one. */
const savedMountSchema = z.object({
  writes: z.number().default(0),
  at: pointingSchema,
  lost: pointingSchema,
});
type Copy = z.infer<typeof savedMountSchema>;
// Every record overwrites the previous one with a single write.
const RECORD_BYTES = 256;

/**
 * Stores the state of a mount in a file, with a synced copy beside it: the antenna keeps its
 * pointing when the simulator ends, and its last rest position in a power cut. A damaged file
 * counts as missing.
 */
export function openMountStore(path: string): MountStore & { close(): void } {
  const [own, copy] = [readSaved(path), readSaved(`${path}.synced`)];
  const saved = (copy?.writes ?? -1) > (own?.writes ?? -1) ? copy : own;
  mkdirSync(dirname(path), { recursive: true });
  let file: number | undefined = openSync(path, constants.O_RDWR | constants.O_CREAT);
  const synced = createLatestFile(`${path}.synced`, () => undefined);
  let latest: Copy | undefined;
  let unsynced = false;
  let writes = saved?.writes ?? 0;
  return {
    saved,
    save(mount) {
      if (file === undefined) return;
      latest = { ...mount, writes: ++writes };
      unsynced = true;
      writeSync(file, JSON.stringify(latest).padEnd(RECORD_BYTES), 0);
    },
    rests() {
      if (unsynced) synced.save(JSON.stringify(latest));
      unsynced = false;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function readSaved(path: string): Copy | undefined {
  try {
    return savedMountSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
