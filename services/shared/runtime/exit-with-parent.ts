import { spawnSync } from 'node:child_process';

const prefixes = new Map<string, string[]>();

/**
 * Command prefix that makes the kernel send this signal to the program when its parent dies for any
 * reason; empty if util-linux's setpriv is missing or too old.
 */
export function dieWithParent(signal: 'KILL' | 'INT'): readonly string[] {
  let prefix = prefixes.get(signal);
  if (!prefix) {
    prefix = withParentDeath(signal);
    if (!canRun(prefix)) prefix = [];
    prefixes.set(signal, prefix);
  }
  return prefix;
}

/** The same with more options for setpriv; the caller checks whether it works (`canRun`). */
export function withParentDeath(signal: 'KILL' | 'INT', options: readonly string[] = []): string[] {
  return ['setpriv', ...options, '--pdeathsig', signal, '--'];
}

/** Whether a command runs with this prefix. */
export function canRun(
  [program, ...args]: readonly string[],
  command: readonly string[] = ['true'],
): boolean {
  return program !== undefined && spawnSync(program, [...args, ...command], { stdio: 'ignore' }).status === 0;
}
