import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk that a test can fill. */
export interface SmallDisk {
  /** Fills the disk completely. */
  fill(): void;
  /** Frees the space. */
  empty(): void;
  unmount(): void;
}

const PORTION_BYTES = 1 << 20;
const MIN_BYTES = 1 << 9;

/** Why no disk can be mounted here; undefined when one can. */
export function smallDiskUnavailableReason(): string | undefined {
  const folder = join(tmpdir(), `sky-scan-small-disk-${process.pid}`);
  try {
    mountSmallDisk(folder, 1).unmount();
    return undefined;
  } catch {
    return 'a tmpfs cannot be mounted here (it takes root)';
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mounts a tmpfs on a folder, which is created if missing. */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', folder];
  execFileSync('mount', options, { stdio: 'ignore' });
  const filler = join(folder, 'filler');
  return {
    fill() {
      for (let bytes = PORTION_BYTES; bytes >= MIN_BYTES;)
        try {
          writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
        } catch {
          bytes /= 2;
        }
    },
    empty: () => rmSync(filler, { force: true }),
    unmount: () => void execFileSync('umount', ['-l', folder], { stdio: 'ignore' }),
  };
}
