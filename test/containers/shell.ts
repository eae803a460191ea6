import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { commandsOf, type TypedCommand } from '../support/typed-commands.ts';
import { until } from '../support/until.ts';
import { readFileSync } from 'node:fs';
import { ROOT } from './engine.ts';

/** A shell in which a user types commands one after the other; variables stay set. */
export interface Shell {
  /** Types a command once; resolves with its output, and rejects when it fails. */
  type(text: string): Promise<string>;
  /** Types a command until it succeeds: a service may still be starting. */
  typeUntilItWorks(text: string): Promise<string>;
}

export function openShell(folder: string, env: NodeJS.ProcessEnv): Shell {
  const state = join(folder, '.shell');
  const variables = new Set<string>();

  function type(text: string): Promise<string> {
    for (const [, name = ''] of text.matchAll(/^([A-Z_]+)=\$\(/gm)) variables.add(name);
    const keep = [...variables].map((name) => `declare -p ${name}; `).join('');
    const script = `[ -f ${state} ] && . ${state}\n${text}\ncode=$?\n{ export -p; ${keep}} 2>/dev/null >${state}\nexit $code`;
    return new Promise((resolve, reject) => {
      const options = { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 };
      // Nothing to read: `docker compose run` would take the commands that follow.
      execFile('bash', ['-c', script], options, (error, out, err) => {
        if (error) reject(new Error(`${text}\nexit code ${error.code}\n${out}\n${err.slice(-4_000)}`));
        else resolve(out);
      }).stdin?.end();
    });
  }

  return {
    type,
    async typeUntilItWorks(text) {
      return (await until(text, async () => ({ out: await type(text) }))).out;
    },
  };
}

/** The commands below a heading of a document. */
export function commandsUnder(path: string, heading: string): TypedCommand[] {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const start = lines.indexOf(heading);
  expect(start, `${path} has no line ${heading}`).toBeGreaterThanOrEqual(0);
  const next = lines.findIndex((line, index) => index > start && /^#{2,} /.test(line));
  const end = next < 0 ? lines.length : next;
  return commandsOf(path).filter(({ line }) => line > start && line <= end);
}
