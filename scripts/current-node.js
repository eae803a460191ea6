// Runs a command with the current Node release instead of the installed one:
//   node scripts/current-node.js vitest run test/x.test.ts
// npm downloads the binary into node_modules/.cache. If that fails, the command is skipped with a message.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '26.10.0';
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, 'node_modules/.cache/node', VERSION);
const name = `node-${process.platform}-${process.arch}`;
const bin = join(folder, 'node_modules', name, 'bin');

const [command, ...args] = process.argv.slice(2);
if (!command) {
  console.error('usage: node scripts/current-node.js COMMAND [ARGUMENT ...]');
  process.exit(1);
}
const path = [bin, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
const env = { ...process.env, PATH: path };
const problem = fetchNode();
if (problem) {
  console.error(`skipped: Node ${VERSION} is not available here (${problem}): ${command} ${args.join(' ')}`);
  process.exit(0);
}
console.log(`sky-scan: with Node ${VERSION}: ${command} ${args.join(' ')}`);
process.exit(spawnSync(command, args, { cwd: root, env, stdio: 'inherit' }).status ?? 1);

/** Installs the binary if it is missing; returns the reason if that fails. */
function fetchNode() {
  if (!existsSync(join(bin, 'node'))) {
    mkdirSync(folder, { recursive: true });
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    const { status, stderr } = spawnSync(
      'npm',
      ['install', '--prefix', folder, ...quiet, `${name}@${VERSION}`],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    if (status !== 0) return (stderr || 'npm failed').trim().split('\n')[0];
  }
  const { status, stdout } = spawnSync('node', ['--version'], { env, encoding: 'utf8' });
  return status === 0 && stdout.trim() === `v${VERSION}` ? undefined : 'the binary does not run';
}
