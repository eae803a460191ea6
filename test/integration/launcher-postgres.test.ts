import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preparePostgres } from '../../services/launcher/postgres.ts';
import { freePort } from '#shared/runtime/free-port';
import { createTestDatabase, copyPostgresFiles } from '../support/postgres.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sky-scan-launcher-postgres-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a cluster is created once, keeps its password in a private file and its data across restarts', async () => {
  const options = { folder: join(folder, 'postgres'), port: await freePort(), durable: false };
  const first = preparePostgres(options);
  const running = await first.start();
  await query(first.url('postgres'), 'create table kept as select 42 as answer');
  await running.stop();
  expect(await running.exited).toBe('exit code 0');
  expect(statSync(join(options.folder, 'password')).mode & 0o777).toBe(0o600);

  const second = preparePostgres(options);
  expect(second.url('postgres')).toBe(first.url('postgres'));
  const again = await second.start();
  expect(await query(second.url('postgres'), 'select answer from kept')).toEqual([{ answer: 42 }]);
  await again.stop();
});

test('a wrong password is refused', async () => {
  const cluster = preparePostgres(await madeCluster());
  const running = await cluster.start();
  const url = new URL(cluster.url('postgres'));
  url.password = 'guessed';
  await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
  await running.stop();
});

test('a cluster starts again after kill -9', async () => {
  const cluster = preparePostgres(await madeCluster());
  const killed = await cluster.start();
  process.kill(killed.pid, 'SIGKILL');
  expect(await killed.exited).toBe('signal SIGKILL');
  const running = await cluster.start();
  expect(await query(cluster.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  await running.stop();
});

test('a stale lock file with the PID of another program does not prevent the start', async () => {
  const options = await madeCluster();
  const cluster = preparePostgres(options);
  const data = join(options.folder, 'cluster');
  writeFileSync(
    join(data, 'postmaster.pid'),
    `${process.pid}\n${data}\n1\n${options.port}\n\n127.0.0.1\n  1  1\n`,
  );
  const running = await cluster.start();
  expect(await query(cluster.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
  await running.stop();
});

// Left by older versions, which did not sync their files, after a power cut during the first start.
test.each(['', '\0'.repeat(49), undefined])(
  'a password file with %j is created again, and the data is kept',
  async (text) => {
    const options = await madeCluster();
    const first = preparePostgres(options);
    const running = await first.start();
    await query(first.url('postgres'), 'create table kept as select 42 as answer');
    await running.stop();
    const path = join(options.folder, 'password');
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);

    const second = preparePostgres(options);
    const again = await second.start();
    expect(await query(second.url('postgres'), 'select answer from kept')).toEqual([{ answer: 42 }]);
    expect(preparePostgres(options).url('postgres')).toBe(second.url('postgres'));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await again.stop();
  },
);

test.each(['PG_VERSION', 'global/pg_control'])(
  'a cluster with an empty %s is moved aside and created again',
  async (name) => {
    const setAside: string[] = [];
    const options = {
      ...(await madeCluster()),
      onMovedAway: (message: string) => setAside.push(message),
    };
    writeFileSync(join(options.folder, 'cluster', name), '');
    const cluster = preparePostgres(options);
    const running = await cluster.start();
    expect(await query(cluster.url('postgres'), 'select 1 as one')).toEqual([{ one: 1 }]);
    await running.stop();
    expect(setAside).toHaveLength(1);
    expect(readdirSync(folder).filter((entry) => entry.startsWith('postgres-damaged-'))).toHaveLength(1);
  },
);

test.runIf(process.getuid?.() === 0)(
  'root runs the server as another user where that one can reach the folder, else in a user namespace',
  async () => {
    const owners = [];
    for (const mode of [0o711, 0o700]) {
      chmodSync(folder, mode);
      const cluster = preparePostgres({
        folder: join(folder, `p${mode}`),
        port: await freePort(),
        durable: false,
      });
      const running = await cluster.start();
      owners.push(statSync(`/proc/${running.pid}`).uid);
      await running.stop();
    }
    expect(owners).toEqual([expect.toSatisfy((uid: number) => uid > 0), 0]);
  },
);

test('the server exits when its starter is killed', async () => {
  const options = await madeCluster();
  preparePostgres(options);
  const script = new URL('../support/start-postgres.js', import.meta.url).pathname;
  const starter = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pid] = (await once(starter.stdout, 'data')) as [Buffer];
  starter.kill('SIGKILL');
  await expect.poll(() => isRunning(Number(pid)), { timeout: 20_000 }).toBe(false);
});

test('every caller of createTestDatabase gets its own empty database', async () => {
  const [a, b] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  await query(a.url, 'create table mine as select 1 as one');
  await expect(query(b.url, 'select * from mine')).rejects.toThrow('does not exist');
  await Promise.all([a.drop(), b.drop()]);
  await expect(query(a.url, 'select 1')).rejects.toThrow('does not exist');
});

/** A cluster that was made and stopped. */
async function madeCluster() {
  const options = { folder: join(folder, 'postgres'), port: await freePort(), durable: false };
  await copyPostgresFiles(options.folder);
  return options;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Zombies do not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
