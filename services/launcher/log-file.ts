import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A rotating log that never fills the disk: `NAME.log`, `NAME.log.1`, `NAME.log.2`. */
export interface LogFile {
  /** Writes synchronously; drops the text if the disk is full. */
  write(text: string | Buffer): void;
  close(): void;
}

const KEPT_FILES = 2;

/** Appends to the file; past `maxBytes` it becomes `.1`, and a new file is started. */
export function openLogFile(path: string, maxBytes = 4_000_000): LogFile {
  let fd: number | undefined = openSync(path, 'a', 0o640);
  let bytes = fstatSync(fd).size;

  function rotate(): void {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
    rmSync(`${path}.${KEPT_FILES}`, { force: true });
    for (let n = KEPT_FILES; n > 1; n--) renameIfThere(`${path}.${n - 1}`, `${path}.${n}`);
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
        // A full disk must not end the launcher; the terminal still shows warnings and errors.
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
