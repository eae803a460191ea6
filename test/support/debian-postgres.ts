import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '#shared/runtime/free-port';
import { execute } from './postgres.ts';
import { until } from './until.ts';

// These programs refuse to run as root: run them as the user `nobody`.
const UNPRIVILEGED_UID = 65_534;
const isRoot = process.getuid?.() === 0;
const BIN = '/usr/lib/postgresql/15/bin';

export interface Running {
  url: string;
  close(): Promise<void>;
}

/** Debian's PostgreSQL 15. */
export async function startDebianPostgres(): Promise<Running> {
  const folder = ownFolder('pg15');
  const data = join(folder, 'data');
  const run = promisify(execFile);
  const initdb = ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-locale', '--no-sync'];
  await run(join(BIN, 'initdb'), initdb, asUnprivileged(folder));
  const port = await freePort();
  const options = ['-D', data, '-p', String(port), '-k', folder, '-h', '127.0.0.1', '-F'];
  const child = spawn(join(BIN, 'postgres'), options, { ...asUnprivileged(folder), stdio: 'ignore' });
  const serverUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until('PostgreSQL 15 answers', () => answers(serverUrl));
  return { url: serverUrl, close: () => end(child, folder, 'SIGINT') };
}

/** A real PgBouncer in front of the database of `url`. */
export async function startPgBouncer(url: string, poolMode: 'session' | 'transaction'): Promise<Running> {
  const folder = ownFolder('pgbouncer');
  const port = await freePort();
  const database = new URL(url).pathname.slice(1);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, pgBouncerConfig(url, `127.0.0.1:${port}`, poolMode), { mode: 0o644 });
  const child = spawn('/usr/sbin/pgbouncer', ['-q', file], { ...asUnprivileged(folder), stdio: 'ignore' });
  const front = `postgres://anyone@127.0.0.1:${port}/${database}`;
  await until('PgBouncer answers', () => answers(front));
  return { url: front, close: () => end(child, folder, 'SIGINT') };
}

/** Its configuration for the database of `url`; `listen`: `host:port`. */
export function pgBouncerConfig(url: string, listen: string, poolMode: 'session' | 'transaction'): string {
  const { hostname, port, username, password, pathname } = new URL(url);
  const database = pathname.slice(1);
  const [listenHost, listenPort] = listen.split(':');
  return `[databases]
${database} = host=${hostname} port=${port} user=${username} password=${password} dbname=${database}
[pgbouncer]
listen_addr = ${listenHost}
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
pool_mode = ${poolMode}
default_pool_size = 20
`;
}

async function answers(url: string): Promise<boolean> {
  try {
    await execute(url, 'select 1');
    return true;
  } catch {
    return false;
  }
}

function ownFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `sky-scan-${name}-`));
  if (isRoot) chownSync(folder, UNPRIVILEGED_UID, UNPRIVILEGED_UID);
  return folder;
}

function asUnprivileged(cwd: string) {
  return isRoot ? { cwd, uid: UNPRIVILEGED_UID, gid: UNPRIVILEGED_UID } : { cwd };
}

async function end(child: ChildProcess, folder: string, signal: NodeJS.Signals): Promise<void> {
  const gone = once(child, 'exit');
  if (child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await gone;
  }
  rmSync(folder, { recursive: true });
}
