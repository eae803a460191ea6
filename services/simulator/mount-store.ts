import { constants, closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createBackgroundSync } from '#shared/durable-file';
import type { MountMemory, MountStore } from './mount.ts';

const pointingSchema = z.object({ azimuthDeg: z.number(), elevationDeg: z.number() });
const memorySchema = z.object({ at: pointingSchema, lost: pointingSchema });
// Every record is written in one piece over the one before.
const RECORD_BYTES = 256;

/** A mount's memory in a file: an antenna stays where it is when the simulator ends, and in a power cut. A damaged file counts as none. */
export function openMountStore(path: string): MountStore & { close(): void } {
  const kept = readMemory(path);
  mkdirSync(dirname(path), { recursive: true });
  let file: number | undefined = openSync(path, constants.O_RDWR | constants.O_CREAT);
  const disk = createBackgroundSync(path);
  let isSynced = true;
  return {
    kept,
    keep(memory) {
      if (file === undefined) return;
      writeSync(file, JSON.stringify(memory).padEnd(RECORD_BYTES), 0);
      isSynced = false;
    },
    rests() {
      if (!isSynced) disk.request();
      isSynced = true;
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

function readMemory(path: string): MountMemory | undefined {
  try {
    return memorySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
