import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findPrimary } from '../../services/api-gateway/store/find-primary.ts';
import { pgBouncerConfig } from '../support/debian-postgres.ts';
import { findProgram } from '../support/peers.ts';
import { until } from '../support/until.ts';
import type { Machine } from './network.ts';
import { startPart, type Part, type Surroundings } from './part.ts';
import { postgresUserOn, type PostgresUser } from './postgres-user.ts';

/** One of the two servers, with its PgBouncer. */
export interface DatabaseNode {
  server: Part;
  pooler: Part;
  /** The server without its PgBouncer. */
  directUrl: string;
}

/** pg_auto_failover: a monitor and two servers, of which one is the primary. */
export interface Databases {
  monitor: Part;
  nodes: DatabaseNode[];
  /** Both PgBouncers in transaction mode, for `DATABASE_URL`. */
  url: string;
  /** Both servers, for `DATABASE_DIRECT_URL`. */
  directUrl: string;
  /** The node that accepts writes; the first one if none does. */
  primary(): Promise<DatabaseNode>;
  /** Resolves when one node is the primary and the other follows it. */
  untilReplicated(): Promise<void>;
}

const PORT = 5432;
const POOLER_PORT = 6432;
const NAME = 'skyscan';
/** The user id of `nobody` in Debian. */
const UNPRIVILEGED_UID = 65_534;

// A lost server is replaced after about 10 s instead of about 50 s.
const MONITOR_SETTINGS = {
  health_check_period: 1_000,
  health_check_timeout: 1_500,
  health_check_max_retries: 1,
  health_check_retry_delay: 500,
  node_considered_unhealthy_timeout: 5_000,
  primary_demote_timeout: 5_000,
  startup_grace_period: 3_000,
};
// A primary without a network stops before the other server is promoted.
const NETWORK_PARTITION_TIMEOUT_S = 3;
// After a lost server PgBouncer would wait 15 s.
const POOLER_SETTINGS = 'server_login_retry = 1\nserver_connect_timeout = 3\n';

export async function startDatabases(
  monitorMachine: Machine,
  machines: readonly Machine[],
  surroundings: Surroundings,
): Promise<Databases> {
  const { folder } = surroundings;
  const monitorUser = postgresUserOn(monitorMachine, folder);
  const monitorUrl = `postgres://autoctl_node@${monitorMachine.address}:${PORT}/pg_auto_failover`;
  await monitorUser.run(['pg_autoctl', 'create', 'monitor', ...placeOf(monitorMachine, monitorUser)]);
  const monitor = await startKeeper(monitorMachine, monitorUser, surroundings);
  const onMonitor = (sql: string) => monitorUser.query('pg_auto_failover', sql);
  await until('the monitor answers', () => onMonitor('select 1 from pgautofailover.formation'));
  for (const [name, value] of Object.entries(MONITOR_SETTINGS))
    await onMonitor(`alter system set pgautofailover.${name} = ${value}`);
  await onMonitor('select pg_reload_conf()');

  const nodes: DatabaseNode[] = [];
  // The second one copies the first one.
  for (const machine of machines) {
    const server = await startServer(machine, monitorUrl, surroundings);
    const pooler = await startPooler(machine, surroundings);
    nodes.push({ server, pooler, directUrl: `postgres://${NAME}@${machine.address}:${PORT}/${NAME}` });
  }
  const listOf = (port: number) =>
    `postgres://${NAME}@${machines.map(({ address }) => `${address}:${port}`).join()}/${NAME}`;
  return {
    monitor,
    nodes,
    url: listOf(POOLER_PORT),
    directUrl: listOf(PORT),
    async primary() {
      const found = await findPrimary(nodes.map(({ directUrl }) => directUrl));
      return nodes.find(({ directUrl }) => directUrl === found) ?? (nodes[0] as DatabaseNode);
    },
    async untilReplicated() {
      let states: string[] = [];
      await until(
        'the databases are primary and secondary',
        async () => {
          states = await onMonitor('select reportedstate, goalstate from pgautofailover.node order by 1');
          return states.join() === 'primary|primary,secondary|secondary';
        },
        120_000,
      ).catch((error: unknown) => {
        throw new Error(`the databases are ${states.join()}, not primary and secondary`, { cause: error });
      });
    },
  };
}

async function startServer(machine: Machine, monitorUrl: string, surroundings: Surroundings): Promise<Part> {
  const user = postgresUserOn(machine, surroundings.folder);
  const own = ['--name', machine.name, '--monitor', monitorUrl];
  const database = ['--dbname', NAME, '--username', NAME, '--pg-hba-lan'];
  const pgdata = ['--pgdata', user.dataFolder];
  await user.run(['pg_autoctl', 'create', 'postgres', ...placeOf(machine, user), ...own, ...database]);
  const timeout = ['timeout.network_partition_timeout', String(NETWORK_PARTITION_TIMEOUT_S)];
  await user.run(['pg_autoctl', 'config', 'set', ...pgdata, ...timeout]);
  const server = await startKeeper(machine, user, surroundings);
  await until(`${machine.name} answers`, () => user.query(NAME, 'select 1'));
  return server;
}

function placeOf({ address }: Machine, { dataFolder }: PostgresUser): string[] {
  const place = ['--pgdata', dataFolder, '--pgport', String(PORT), '--hostname', address];
  return [...place, '--auth', 'trust', '--no-ssl'];
}

function startKeeper(machine: Machine, user: PostgresUser, surroundings: Surroundings): Promise<Part> {
  const command = user.commandFor(['pg_autoctl', 'run', '--pgdata', user.dataFolder]);
  return startPart({ name: machine.name, machine, command, env: user.env }, surroundings);
}

function startPooler(machine: Machine, surroundings: Surroundings): Promise<Part> {
  const file = join(surroundings.folder, `${machine.name}-pgbouncer.ini`);
  const server = `postgres://${NAME}:unused@127.0.0.1:${PORT}/${NAME}`;
  const config = pgBouncerConfig(server, `${machine.address}:${POOLER_PORT}`, 'transaction');
  writeFileSync(file, config + POOLER_SETTINGS, { mode: 0o644 });
  const as = ['setpriv', `--reuid=${UNPRIVILEGED_UID}`, `--regid=${UNPRIVILEGED_UID}`, '--clear-groups'];
  const command = [...as, findProgram('pgbouncer') ?? '', file];
  const env = { PATH: process.env['PATH'] };
  return startPart({ name: `${machine.name} pgbouncer`, machine, command, env }, surroundings);
}
