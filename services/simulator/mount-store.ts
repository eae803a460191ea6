import { constants, closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createLatestFile } from '#shared/runtime/durable-file';
import type { MountStore } from './engine/mount.ts';

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
/** `writes` counts: of two copies the one with more is newer. */
const memorySchema = z.object({ writes: z.number().default(0), at: pointingSchema, lost: pointingSchema });
type Copy = z.infer<typeof memorySchema>;
// Every record is written in one piece over the one before.
const RECORD_BYTES = 256;

/**
 * A mount's memory in a file, and in a synced copy beside it: an antenna stays where it is when the
 * simulator ends, and where it rested last in a power cut. A damaged file counts as none.
 */
export function openMountStore(path: string): MountStore & { close(): void } {
  const [own, copy] = [readMemory(path), readMemory(`${path}.synced`)];
  const kept = (copy?.writes ?? -1) > (own?.writes ?? -1) ? copy : own;
  mkdirSync(dirname(path), { recursive: true });
  let file: number | undefined = openSync(path, constants.O_RDWR | constants.O_CREAT);
  const synced = createLatestFile(`${path}.synced`, () => undefined);
  let latest: Copy | undefined;
  let unsynced = false;
  let writes = kept?.writes ?? 0;
  return {
    kept,
    keep(memory) {
      if (file === undefined) return;
      latest = { ...memory, writes: ++writes };
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

function readMemory(path: string): Copy | undefined {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
