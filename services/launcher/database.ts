import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** A role that owns its database and is not a superuser. */
export interface DatabaseOwner {
  role: string;
  password: string;
}

/**
 * Creates the role and the database if they do not exist, and makes the role the owner of the
 * database and its objects (older versions used the superuser). `urlOf` returns the superuser's URL
 * of a database.
 */
export async function ensureDatabase(
  urlOf: (database: string) => string,
  name: string,
  owner: DatabaseOwner,
): Promise<void> {
  const role = escapeIdentifier(owner.role);
  await connected(urlOf('postgres'), async (client) => {
    const roles = await client.query('select from pg_roles where rolname = $1', [owner.role]);
    if (roles.rowCount === 0) await client.query(`create role ${role} nosuperuser`);
    await client.query(`alter role ${role} login password ${escapeLiteral(owner.password)}`);
    const found = await client.query('select from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${escapeIdentifier(name)} owner ${role}`);
    else await client.query(`alter database ${escapeIdentifier(name)} owner to ${role}`);
  });
  await connected(urlOf(name), async (client) => {
    const { rows } = await client.query<{ command: string }>(FOREIGN_OBJECTS, [owner.role]);
    for (const { command } of rows) await client.query(`${command} owner to ${role}`);
  });
}

// A sequence that belongs to a column follows its table.
const FOREIGN_OBJECTS = `
  select format('alter %s %s', case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end,
                oid::regclass) as command
  from pg_class c
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S') and relowner <> $1::regrole
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i', 'e')
                    and relkind = 'S')
  union all
  select format('alter routine %s', oid::regprocedure) from pg_proc
  where pronamespace = 'public'::regnamespace and proowner <> $1::regrole
  union all
  select format('alter type %s', oid::regtype) from pg_type
  where typnamespace = 'public'::regnamespace and typtype in ('e', 'd') and typowner <> $1::regrole`;

async function connected(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
