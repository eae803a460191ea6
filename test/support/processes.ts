import { readdirSync, readFileSync } from 'node:fs';

/** Whether the process exists and is no zombie (a zombie only waits for its parent to notice). */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** kill -9. A process that is not running is an error: the numbers 0 and NaN would kill others. */
export function killHard(pid: number | undefined): number {
  if (pid === undefined || !(pid > 1)) throw new Error(`no process to kill: ${pid}`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/**
 * Processes that have to do with a folder: it appears in their command, in their environment, or
 * they work in it. For asking what a launcher has left behind: `processesOf(dataDir)` is empty
 * then.
 */
export function processesOf(folder: string): { pid: number; command: string }[] {
  const found: { pid: number; command: string }[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid || !isRunning(pid)) continue;
    const command = readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();
    if (command.includes(folder) || readProc(pid, 'environ').includes(folder)) found.push({ pid, command });
  }
  return found;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // gone meanwhile
  }
}
