import type { Queryable } from './queryable.ts';

/** Commands of the last day are known; older ones are refused because of their time. */
const KEPT = `interval '1 day'`;

/** Takes a command: false if a gateway has taken it before. */
export async function takeCommand(db: Queryable, id: string): Promise<boolean> {
  const rows = await db.query(
    `with old as (delete from mqtt_commands where taken_at < now() - ${KEPT})
     insert into mqtt_commands (id) values ($1) on conflict do nothing returning id`,
    [id],
  );
  return rows.length > 0;
}

/** Time since the command was taken, seconds; undefined: it was not. */
export async function ageOfCommand(db: Queryable, id: string): Promise<number | undefined> {
  const [row] = await db.query<{ age_s: number }>(
    'select extract(epoch from clock_timestamp() - taken_at)::float8 as age_s from mqtt_commands where id = $1',
    [id],
  );
  return row?.age_s;
}
