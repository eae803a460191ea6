import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Prepares `data` for a new server after a crash. Requires the lock of the folder: any server in it
 * is then an orphan, and is stopped. A `postmaster.pid` whose process id now belongs to another
 * program is removed: PostgreSQL would never start with it (likely after a reboot and in
 * containers). Does nothing on systems other than Linux.
 */
export function clearStaleLock(data: string): void {
  const lock = join(data, 'postmaster.pid');
  let pid: number;
  try {
    pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  } catch {
    return;
  }
  if (process.platform !== 'linux' || !Number.isInteger(pid) || pid < 2) return;
  const inside = processesIn(realpathSync(data));
  // Every server process works in its data folder. While one is left, the lock file still protects
  // the shared memory.
  if (inside.length === 0) rmSync(lock, { force: true });
  else if (inside.includes(pid)) process.kill(pid, 'SIGINT');
}

function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && workingFolder(pid) === folder);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined; // gone, or not ours to look at
  }
}
