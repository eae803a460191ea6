import { readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Clears the way for a new server in `data` after a crash. Call it only while holding the lock of
 * the folder: then any server in there is an orphan. It is told to end; and a `postmaster.pid`
 * whose number now belongs to some other program (likely after a reboot and in containers, where
 * PostgreSQL would refuse for ever) is removed. Elsewhere than on Linux it does nothing.
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
  // Every process of a server works in its data folder. While one is left, the lock still guards
  // shared memory.
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
