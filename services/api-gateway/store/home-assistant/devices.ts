import type { Queryable } from '../queryable.ts';

/** A discovery message that the broker may retain. */
export interface DeviceRow {
  topic: string;
  site_id: number;
  /** Retained topics of the state of the device. */
  state_topics: string[];
  /** Platforms of all components that the message has had, by their keys. */
  components: Record<string, string>;
}

/** The devices of these sites, and of sites that do not exist any more. */
export function listDevices(db: Queryable, siteIds: readonly number[]): Promise<DeviceRow[]> {
  return db.query<DeviceRow>(
    `select * from home_assistant_devices d
     where site_id = any($1::int[]) or not exists (select from sites where id = d.site_id) order by topic`,
    [siteIds],
  );
}

/** Remembers devices before they are published. */
export async function keepDevices(db: Queryable, devices: readonly DeviceRow[]): Promise<void> {
  await db.query(
    `insert into home_assistant_devices (topic, site_id, state_topics, components)
     select topic, site_id, state_topics, components
     from jsonb_to_recordset($1::jsonb) as d (topic text, site_id int, state_topics text[], components jsonb)
     on conflict (topic) do update set site_id = excluded.site_id, state_topics = excluded.state_topics,
       components = home_assistant_devices.components || excluded.components`,
    [JSON.stringify(devices)],
  );
}

/** The broker retains nothing for these devices any more. */
export async function forgetDevices(db: Queryable, topics: readonly string[]): Promise<void> {
  await db.query('delete from home_assistant_devices where topic = any($1::text[])', [topics]);
}
