import { spawnSync } from 'node:child_process';

const prefixes = new Map<string, string[]>();

/**
 * What to put before a program and its arguments so that the kernel sends it this signal when its
 * parent dies, however it dies; nothing where the system has no setpriv of util-linux, or an older
 * one.
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

/** The same with more options of setpriv; whether it works here is up to the caller (`canRun`). */
export function withParentDeath(signal: 'KILL' | 'INT', options: readonly string[] = []): string[] {
  return ['setpriv', ...options, '--pdeathsig', signal, '--'];
}

/** Whether a command runs with these words before it. */
export function canRun(
  [program, ...args]: readonly string[],
  command: readonly string[] = ['true'],
): boolean {
  return program !== undefined && spawnSync(program, [...args, ...command], { stdio: 'ignore' }).status === 0;
}
