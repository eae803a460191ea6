import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until `condition` gives something other than undefined, null and false, and returns that. A condition
 * that throws counts as not yet. Throws after `timeoutMs` (default 30 s) with `what` and the last thing that went wrong.
 */
export async function eventually<T>(
  what: string,
  condition: () => Promise<T> | T,
  timeoutMs = 30_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false)
        return value as NonNullable<Exclude<T, false>>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: lastError });
    await delay(25);
  }
}

/** Whether the process exists and is no zombie (a zombie only waits for its parent to notice). */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/**
 * Processes that have to do with a folder: it appears in their command, in their environment, or they work in it. For asking
 * what a launcher has left behind: `processesOf(dataDir)` is empty then.
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
