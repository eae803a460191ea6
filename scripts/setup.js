// Prepares a fresh clone: installs packages, generates the gRPC code, compiles. A step runs only when
// its inputs have changed. Requires only Node and npm.
// Usage: node scripts/setup.js [install|generate|build]
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const SOURCES = [
  'services',
  'gen',
  'tsconfig.json',
  'tsconfig.build.json',
  'vite.config.ts',
  'package-lock.json',
];
// Bundled by Vite, not copied.
const DASHBOARD = 'services/dashboard';

/** @param {'install' | 'generate' | 'build'} goal */
export function setup(goal) {
  step('installing packages', 'node_modules/.sky-scan-stamp', ['package-lock.json'], () => {
    run(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  });
  if (goal === 'install') return;
  step(
    'generating messages',
    'gen/.stamp',
    ['proto', 'buf.yaml', 'buf.gen.yaml', 'package-lock.json'],
    () => {
      run(bin('buf'), ['generate']);
      run(bin('buf'), ['build', '-o', 'gen/skyscan.binpb']);
    },
  );
  if (goal === 'generate') return;
  step('compiling', 'dist/.stamp', SOURCES, () => {
    // Build beside the old output: a running Sky Scan may have to restart a process from it.
    const next = join(root, 'dist.next');
    rmSync(next, { recursive: true, force: true });
    run(bin('tsc'), ['-p', 'tsconfig.build.json', '--outDir', 'dist.next']);
    for (const file of ['gen/skyscan.binpb', ...filesIn('services').filter(isAsset)])
      cpSync(join(root, file), join(next, file));
    run(bin('vite'), ['build', '--logLevel', 'warn', '--outDir', join(next, DASHBOARD)]);
    rmSync(join(root, 'dist'), { recursive: true, force: true });
    renameSync(next, join(root, 'dist'));
  });
}

/**
 * @param {string} what
 * @param {string} stampFile
 * @param {string[]} inputs
 * @param {() => void} work
 */
function step(what, stampFile, inputs, work) {
  const stamp = fingerprint(inputs);
  const path = join(root, stampFile);
  if (existsSync(path) && readFileSync(path, 'utf8') === stamp) return;
  console.log(`sky-scan: ${what} ...`);
  rmSync(path, { force: true });
  work();
  mkdirSync(dirname(path), { recursive: true });
  // The stamp must not survive a power cut that the files do not survive.
  if (!windows) spawnSync('sync');
  writeFileSync(path, stamp);
}

/** @param {string[]} inputs */
function fingerprint(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const input of inputs)
    for (const file of filesIn(input).filter((name) => !name.endsWith('.test.ts')))
      hash
        .update(file)
        .update('\0')
        .update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/** Files that the compiler does not copy. @param {string} name */
function isAsset(name) {
  return /\.(sql|html|css|json|svg)$/.test(name) && !name.startsWith(join(DASHBOARD, '/'));
}

/** @param {string} path @returns {string[]} */
function filesIn(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  try {
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== '.stamp')
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** @param {string} name */
function bin(name) {
  return join(root, 'node_modules/.bin', windows ? `${name}.cmd` : name);
}

/** @param {string} command @param {string[]} args */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: windows });
  if (status === 0) return;
  const reason = error ? error.message : `exit code ${status}`;
  console.error(`sky-scan: setup failed: ${command} ${args.join(' ')}: ${reason}`);
  process.exit(1);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  setup(process.argv[2] === 'install' || process.argv[2] === 'generate' ? process.argv[2] : 'build');
