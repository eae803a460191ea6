import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { renameDurablySync, replaceFileSync } from '#shared/runtime/durable-file';
import { SkyScanError } from '#shared/base/errors';
import { untilExit } from './child-exit.ts';
import { linkLibraries, type PostgresBinaries, type Runner } from './postgres-binaries.ts';

/** The superuser of the cluster, used only by the launcher. */
export const SUPERUSER = 'skyscan';

/** The folder of a cluster: `cluster`, `password` and `lib` (symlinks). */
export interface PostgresFiles {
  folder: string;
  binaries: PostgresBinaries;
  runner: Runner;
  /** False: no fsync. */
  durable: boolean;
}

/** The superuser's password; undefined if the file is missing or damaged. */
export function readPassword(folder: string): string | undefined {
  const path = join(folder, 'password');
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8').trim();
  return /^[\x21-\x7e]{8,}$/.test(text) ? text : undefined;
}

export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/**
 * Moves files away that are not a complete cluster: after a power cut during the first start, older
 * versions left such files. Returns the problem and the new place of the files; undefined if the
 * cluster is complete.
 */
export function moveIncompleteAway(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const problem = ['PG_VERSION', 'global/pg_control'].find((name) =>
    isMissingOrEmpty(join(folder, 'cluster', name)),
  );
  if (problem === undefined) return undefined;
  const target = `${folder}-damaged-${new Date().toISOString().replaceAll(':', '-')}`;
  renameDurablySync(folder, target);
  return `${join(folder, 'cluster', problem)} is missing or empty, so PostgreSQL cannot use these files; they were moved to ${target}, and an empty database is created`;
}

/**
 * Creates a cluster. The folder appears complete or not at all, so an interrupted first start
 * leaves nothing behind.
 */
export async function createCluster(files: PostgresFiles, password: string): Promise<void> {
  const { folder, binaries, runner, durable } = files;
  const staging = `${folder}.new`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o700 });
  const passwordFile = join(staging, 'password');
  replaceFileSync(passwordFile, `${password}\n`, 0o600);
  const env = postgresEnvironment(linkLibraries(binaries, join(staging, 'lib')));
  ensureOwner(runner.owner, staging);
  const args = [
    `--pgdata=${join(staging, 'cluster')}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
  ];
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  if (!durable) flags.push('--no-sync');
  const { exit, lines } = await run([...runner.prefix, binaries.initdb, ...args, ...flags], env);
  if (exit !== 'exit code 0')
    throw new SkyScanError(
      'unavailable',
      `PostgreSQL cannot create its files in ${folder}: ${lines.at(-1) ?? exit}`,
    );
  // initdb has synced its files.
  renameDurablySync(staging, folder);
}

/**
 * Sets the superuser's password without the old one (PostgreSQL's single-user mode). No server may
 * run on the files.
 */
export async function resetPassword(
  files: PostgresFiles,
  password: string,
  settings: string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { folder, binaries, runner } = files;
  const command = [
    ...runner.prefix,
    binaries.postgres,
    '--single',
    '-D',
    join(folder, 'cluster'),
    ...settings,
    'postgres',
  ];
  const { exit, lines } = await run(command, env, `alter role ${SUPERUSER} password '${password}'\n`);
  const errorLine = lines.find((line) => /(ERROR|FATAL|PANIC):/.test(line));
  if (exit !== 'exit code 0' || errorLine)
    throw new SkyScanError(
      'unavailable',
      `${join(folder, 'password')} is unusable, and PostgreSQL cannot set another password: ${errorLine ?? lines.at(-1) ?? exit}`,
    );
  replaceFileSync(join(folder, 'password'), `${password}\n`, 0o600);
}

/** Only what PostgreSQL needs: no secrets, no PG* variables that would change its behaviour. */
export function postgresEnvironment(libraries: Record<string, string>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC', ...libraries };
}

/** Makes the user that runs the server the owner of the files, if it is not. */
export function ensureOwner(owner: Runner['owner'], folder: string): void {
  if (owner && lstatSync(folder).uid !== owner.uid) changeOwner(folder, owner.uid, owner.gid);
}

function changeOwner(path: string, uid: number, gid: number): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  if (entry.isDirectory()) for (const name of readdirSync(path)) changeOwner(join(path, name), uid, gid);
  // The folder itself last, so that an interrupted change starts over.
  chownSync(path, uid, gid);
}

function isMissingOrEmpty(path: string): boolean {
  return !existsSync(path) || statSync(path).size === 0;
}

async function run(
  [command = '', ...args]: string[],
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<{ exit: string; lines: string[] }> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'ignore', 'pipe'], detached: true });
  // A program that exits at once does not read its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  return { exit: await untilExit(child), lines };
}
