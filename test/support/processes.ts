import { readdirSync, readFileSync } from 'node:fs';

/** Whether the process exists and is not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** kill -9. Throws for an invalid PID: 0 and NaN would kill other processes. */
export function killHard(pid: number | undefined): number {
  if (pid === undefined || !(pid > 1)) throw new Error(`no process to kill: ${pid}`);
  process.kill(pid, 'SIGKILL');
  return pid;
}

/**
 * Processes that use a folder: its path appears in their command line or environment. After a clean
 * stop of a launcher `processesOf(dataDir)` is empty.
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
    return ''; // exited meanwhile
  }
}
