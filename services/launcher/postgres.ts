import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { SkyScanError } from '#shared/base/errors';
import { sleep } from '#shared/runtime/waiting';
import { untilExit } from './child-exit.ts';
import { chooseRunner, findPostgresBinaries, linkLibraries } from './postgres-binaries.ts';
import {
  ensureOwner,
  createCluster,
  newPassword,
  postgresEnvironment,
  readPassword,
  resetPassword,
  moveIncompleteAway,
  SUPERUSER,
} from './postgres-files.ts';
import { clearStaleLock } from './postgres-lock.ts';
import type { Running } from './supervisor.ts';

export interface PostgresOptions {
  /** Holds all files of the server; created if missing. Its parent must exist. */
  folder: string;
  /** On 127.0.0.1. */
  port: number;
  /** False: no fsync and many clients, for tests with disposable data. Default true. */
  durable?: boolean;
  /** Called with every line of the server's log. */
  onLine?: (line: string) => void;
  /** Called after unusable files were moved away. */
  onMovedAway?: (message: string) => void;
}

/** A cluster in a folder; can be started any number of times. */
export interface PostgresCluster {
  /**
   * The superuser's URL of a database of this cluster, with the password; known before the first
   * start.
   */
  url(database: string): string;
  /**
   * Starts the server and resolves when it accepts connections. The first start creates the files,
   * which takes about 0.6 s. Throws `unavailable` with PostgreSQL's error message.
   */
  start: (signal?: AbortSignal) => Promise<RunningPostgres>;
}

export interface RunningPostgres extends Running {
  /**
   * Fast shutdown; after `graceMs` (default 3,000) immediate shutdown. The data are safe in both
   * cases.
   */
  stop(graceMs?: number): Promise<void>;
}

// After kill -9 the old server's processes need a moment to exit; until then the folder is in use.
const START_BUDGET_MS = 10_000;
const RETRY_MS = 200;
const READY = 'database system is ready to accept connections';

/**
 * Describes the cluster; writes and starts nothing before `start`. Works as root and as an ordinary
 * user.
 */
export function preparePostgres(options: PostgresOptions): PostgresCluster {
  const folder = resolve(options.folder);
  const data = join(folder, 'cluster');
  const durable = options.durable ?? true;
  const binaries = findPostgresBinaries();
  const runner = chooseRunner(binaries.postgres, folder);
  const files = { folder, binaries, runner, durable };
  const stored = readPassword(folder);
  const password = stored ?? newPassword();
  const tuning = settings(durable);
  const args = ['-D', data, '-p', String(options.port), ...tuning];

  return {
    url: (database) =>
      `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${options.port}/${database}`,
    async start(signal) {
      const moved = moveIncompleteAway(folder);
      if (moved !== undefined) options.onMovedAway?.(moved);
      if (!existsSync(folder)) await createCluster(files, password);
      requireVersion(binaries.packageFolder, data);
      const env = postgresEnvironment(linkLibraries(binaries, join(folder, 'lib')));
      ensureOwner(runner.owner, folder);
      if (readPassword(folder) === undefined) {
        clearStaleLock(data);
        await resetPassword(files, password, tuning, env);
      }
      const deadline = performance.now() + START_BUDGET_MS;
      for (;;) {
        clearStaleLock(data);
        signal?.throwIfAborted();
        const attempt = await launch([...runner.prefix, binaries.postgres, ...args], env, options.onLine);
        if (typeof attempt !== 'string') return attempt;
        const isTemporary = /lock file|shared memory block|starting up|shutting down/.test(attempt);
        if (!isTemporary || performance.now() > deadline)
          throw new SkyScanError('unavailable', `PostgreSQL does not start: ${attempt}`);
        await sleep(RETRY_MS, signal);
      }
    },
  };
}

/** Resolves with the running server, or with its last error message if it exits at once. */
async function launch(
  [command = '', ...args]: string[],
  env: NodeJS.ProcessEnv,
  onLine: ((line: string) => void) | undefined,
): Promise<RunningPostgres | string> {
  // Ctrl-C reaches the terminal's process group; PostgreSQL must end after the services that write
  // to it.
  const child = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  const exited = untilExit(child);
  let lastError = '';
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      onLine?.(line);
      const fatal = /(?:FATAL|PANIC):\s+(.*)/.exec(line);
      lastError = fatal?.[1] ?? (lastError || line);
      if (line.includes(READY)) resolve();
    });
  });
  const ended = await Promise.race([ready, exited]);
  if (typeof ended === 'string' || child.pid === undefined) return lastError || (ended ?? 'no process');
  return { pid: child.pid, facts: {}, exited, stop: (graceMs = 3_000) => stop(child, exited, graceMs) };
}

async function stop(child: ChildProcess, exited: Promise<string>, graceMs: number): Promise<void> {
  child.kill('SIGINT');
  // SIGQUIT skips the last checkpoint; the next start replays the log.
  const immediate = setTimeout(() => child.kill('SIGQUIT'), graceMs);
  const force = setTimeout(() => child.kill('SIGKILL'), graceMs + 1_000);
  await exited;
  clearTimeout(immediate);
  clearTimeout(force);
}

/** Small: one writer, a few readers, a Raspberry Pi. */
function settings(durable: boolean): string[] {
  const all: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '40',
    shared_buffers: '24MB',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '128MB',
    min_wal_size: '32MB',
    // Without these settings PostgreSQL 18 runs three more processes that bring nothing with cached
    // reads.
    io_method: 'sync',
    max_parallel_workers: '0',
    max_logical_replication_workers: '0',
    jit: 'off',
    timezone: 'UTC',
    log_line_prefix: '',
    ...(!durable && {
      max_connections: '200',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
    }),
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function requireVersion(packageFolder: string, data: string): void {
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const ours = manifest.version.split('.')[0];
  const theirs = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  if (ours !== theirs)
    throw new SkyScanError(
      'unsupported',
      `${data} was created by PostgreSQL ${theirs} and this is PostgreSQL ${ours ?? '?'}: migrate the data with pg_dump, or choose another DATA_DIR`,
    );
}
