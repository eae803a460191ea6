import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { SkyScanError } from '#shared/base/errors';
import type { Context } from '../context.ts';
import { ExitError } from '../exit-codes.ts';

/** `skyscan up`: runs `npm start` as a child process and forwards Ctrl-C and SIGTERM to it. */
export function up(program: Command, { env, interrupts }: Context): void {
  program
    .command('up')
    .description('start Sky Scan, like npm start; Ctrl-C stops it')
    .addHelpText(
      'after',
      '\ndocs/configuration.md lists the environment variables: HTTP_PORT, DATA_DIR, ROTCTLD, RTL_TCP and others.',
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
  // Sources and compiled code have different depths below the package.
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new SkyScanError('unavailable', 'the Sky Scan package is incomplete: package.json is missing');
    folder = parent;
  }
  // A container has only the compiled code.
  const scripts = ['scripts/start.js', 'dist/services/launcher/main.js'].map((path) => join(folder, path));
  const found = scripts.find((path) => existsSync(path));
  if (found === undefined) throw new SkyScanError('unavailable', `none of ${scripts.join(', ')} exists`);
  return found;
}
