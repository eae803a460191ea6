import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import type { Context } from '../context.ts';
import { ExitError } from '../exit-codes.ts';

/**
 * `skyscan up`: what `npm start` runs, in a process of its own; Ctrl-C and SIGTERM are passed on to
 * it.
 */
export function up(program: Command, { env, interrupts }: Context): void {
  program
    .command('up')
    .description('start Sky Scan, as npm start does; Ctrl-C ends it')
    .addHelpText(
      'after',
      '\nThe variables are in docs/configuration.md: HTTP_PORT, DATA_DIR, ROTCTLD, RTL_TCP and so on.',
    )
    .action(async () => {
      const child = spawn(process.execPath, [startScript()], { env, stdio: 'inherit' });
      const release = interrupts.intercept((interrupt) => child.kill(interrupt));
      try {
        const code = await new Promise<number>((resolve, reject) => {
          child.once('error', reject);
          child.once('close', (status, signal) =>
            resolve(status ?? 128 + (signal ? constants.signals[signal] : 0)),
          );
        });
        if (code !== 0) throw new ExitError(code);
      } finally {
        release();
      }
    });
}

function startScript(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  // Sources and compiled code lie at different depths below the package.
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new SkyScanError('unavailable', 'the package of Sky Scan is not whole');
    folder = parent;
  }
  // A container has what was compiled and nothing to compile with.
  const scripts = ['scripts/start.js', 'dist/services/launcher/main.js'].map((path) => join(folder, path));
  const found = scripts.find((path) => existsSync(path));
  if (found === undefined) throw new SkyScanError('unavailable', `neither of ${scripts.join(', ')} is there`);
  return found;
}
