import { spawnSync } from 'node:child_process';

const prefixes = new Map<string, string[]>();

/**
 * Command prefix that makes the kernel send this signal to the program when its parent dies for any
 * reason; empty if util-linux's setpriv is missing or too old.
 */
export function exitWithParent(signal: 'KILL' | 'INT'): readonly string[] {
  let prefix = prefixes.get(signal);
  if (!prefix) {
    prefix = setprivPrefix(signal);
    if (!canRun(prefix)) prefix = [];
    prefixes.set(signal, prefix);
  }
  return prefix;
}

/** The same with more options for setpriv; the caller checks whether it works (`canRun`). */
export function setprivPrefix(signal: 'KILL' | 'INT', options: readonly string[] = []): string[] {
  return ['setpriv', ...options, '--pdeathsig', signal, '--'];
}

/** Whether a command runs with this prefix. */
export function canRun(
  [program, ...args]: readonly string[],
  command: readonly string[] = ['true'],
): boolean {
  return program !== undefined && spawnSync(program, [...args, ...command], { stdio: 'ignore' }).status === 0;
}
