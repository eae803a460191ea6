import { constants, closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { createLatestFile, type LatestFile } from '#shared/runtime/durable-file';
import type { MountStore, SavedMount } from './engine/mount.ts';

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
export class MountFile implements MountStore {
  readonly saved: Copy | undefined;
  readonly #synced: LatestFile;
  #file: number | undefined;
  #writes: number;
  /** The text that is not in the synced copy yet. */
  #unsynced: string | undefined;

  constructor(path: string) {
    const [own, copy] = [readSaved(path), readSaved(`${path}.synced`)];
    this.saved = (copy?.writes ?? -1) > (own?.writes ?? -1) ? copy : own;
    this.#writes = this.saved?.writes ?? 0;
    mkdirSync(dirname(path), { recursive: true });
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT);
    this.#synced = createLatestFile(`${path}.synced`, () => undefined);
  }

  save(mount: SavedMount): void {
    if (this.#file === undefined) return;
    const text = JSON.stringify({ ...mount, writes: ++this.#writes });
    this.#unsynced = text;
    writeSync(this.#file, text.padEnd(RECORD_BYTES), 0);
  }

  rests(): void {
    if (this.#unsynced !== undefined) this.#synced.save(this.#unsynced);
    this.#unsynced = undefined;
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

function readSaved(path: string): Copy | undefined {
  try {
    return savedMountSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}
