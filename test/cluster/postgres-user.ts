import { execFile } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Machine } from './network.ts';

const BIN = '/usr/lib/postgresql/15/bin';
const SYSTEM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const SOCKETS = '/var/run/postgresql';
const TIMEOUT_MS = 60_000;

/** Programs of PostgreSQL on one machine, which run as the user `postgres` and refuse root. */
export interface PostgresUser {
  env: NodeJS.ProcessEnv;
  /** The data of its server. */
  dataFolder: string;
  commandFor(command: readonly string[]): string[];
  /** Runs a command to its end; rejects with its output if it fails. */
  run(command: readonly string[]): Promise<void>;
  /** Runs a statement as superuser on the server of this machine; returns the rows as text. */
  query(database: string, sql: string): Promise<string[]>;
}

export function postgresUserOn(machine: Machine, parentFolder: string): PostgresUser {
  const { uid, gid } = idOf('postgres');
  const folder = join(parentFolder, machine.name);
  const sockets = join(folder, 'sockets');
  // pg_autoctl requires these to exist.
  for (const each of [folder, sockets, join(folder, 'runtime')]) {
    mkdirSync(each, { mode: 0o700 });
    chownSync(each, uid, gid);
  }
  const env = {
    PATH: `${BIN}:${SYSTEM_PATH}`,
    PG_CONFIG: join(BIN, 'pg_config'),
    LC_ALL: 'C.UTF-8',
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'share'),
    XDG_RUNTIME_DIR: join(folder, 'runtime'),
  };
  const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  // Every machine has its own folder of Unix sockets, as every namespace has its own mounts.
  const script = `mount --bind ${sockets} ${SOCKETS} && exec "$@"`;
  const execute = promisify(execFile);

  function runOn(command: readonly string[]): Promise<{ stdout: string }> {
    const [program = '', ...args] = machine.commandFor(command);
    return execute(program, args, { env, cwd: folder, timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
  }

  const commandFor = (command: readonly string[]) => ['sh', '-c', script, 'sh', ...as, ...command];
  return {
    env,
    dataFolder: join(folder, 'data'),
    commandFor,
    async run(command) {
      await runOn(commandFor(command));
    },
    async query(database, sql) {
      const options = ['-AtqX', '-h', '127.0.0.1', '-U', 'postgres', '-d', database, '-c', sql];
      const { stdout } = await runOn([join(BIN, 'psql'), ...options]);
      return stdout.split('\n').filter(Boolean);
    },
  };
}

function idOf(user: string): { uid: number; gid: number } {
  const [, uid, gid] =
    new RegExp(`^${user}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  return { uid: Number(uid), gid: Number(gid) };
}
