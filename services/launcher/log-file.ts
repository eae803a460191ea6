import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A log that never fills the disk: `NAME.log`, and `NAME.log.1`, `NAME.log.2` before it. */
export interface LogFile {
  /** Writes at once; drops the text when the disk takes no more. */
  write(text: string | Buffer): void;
  close(): void;
}

const KEPT = 2;

/** Appends to the file; past `maxBytes` it becomes `.1` and a new one is begun. */
export function openLogFile(path: string, maxBytes = 4_000_000): LogFile {
  let fd: number | undefined = openSync(path, 'a', 0o640);
  let bytes = fstatSync(fd).size;

  function rotate(): void {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    rmSync(`${path}.${KEPT}`, { force: true });
    for (let n = KEPT; n > 1; n--) renameIfThere(`${path}.${n - 1}`, `${path}.${n}`);
    renameIfThere(path, `${path}.1`);
    fd = openSync(path, 'a', 0o640);
    bytes = 0;
  }

  return {
    write(text) {
      try {
        if (bytes > maxBytes) rotate();
        if (fd !== undefined) bytes += typeof text === 'string' ? writeSync(fd, text) : writeSync(fd, text);
      } catch {
        // A full disk must not end the launcher; the terminal still shows what matters.
      }
    },
    close() {
      if (fd !== undefined) closeSync(fd);
      fd = undefined;
    },
  };
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
