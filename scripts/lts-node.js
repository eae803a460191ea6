// Runs a command with the Node that CI and the Docker image use, instead of the one that is
// installed:
//   node scripts/lts-node.js npx vitest run test/x.test.ts
// Without a command it prints the folder of the binary, for PATH. npm brings the binary, into the
// user's cache: `npm ci` does not remove it. Exits with 1 where npm cannot get it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

// The newest release of the newest LTS line that npm has. The Dockerfile names the same version;
// scripts/check-containers.js compares them.
const LTS_VERSION = '26.12.1';

const name = `node-${process.platform}-${process.arch}`;
const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sky-scan/node', LTS_VERSION);
const bin = join(folder, 'node_modules', name, 'bin');

const env = { ...process.env, PATH: [bin, process.env['PATH']].join(delimiter) };

const problem = fetchNode();
if (problem) {
  console.error(`sky-scan: Node ${LTS_VERSION} is not available here: ${problem}`);
  process.exit(1);
}
const [command, ...args] = process.argv.slice(2);
if (!command) console.log(bin);
else process.exit(spawnSync(command, args, { env, stdio: 'inherit' }).status ?? 1);

/** Installs the binary if it is missing; returns why that failed. */
function fetchNode() {
  if (!existsSync(join(bin, 'node'))) {
    mkdirSync(folder, { recursive: true });
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    const wanted = `${name}@${LTS_VERSION}`;
    const { status, stderr } = spawnSync('npm', ['install', '--prefix', folder, ...quiet, wanted], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) return (stderr || 'npm failed').trim().split('\n')[0];
  }
  const { status, stdout } = spawnSync('node', ['--version'], { env, encoding: 'utf8' });
  return status === 0 && stdout.trim() === `v${LTS_VERSION}` ? undefined : 'the binary does not run';
}
