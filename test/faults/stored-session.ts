import { Client } from 'pg';
import type { RoundRecord } from './checker.ts';

/** The points of a session in the database, without the gateway. */
export function storedPoints(databaseUrl: string, sessionId: number): Promise<RoundRecord['stored']> {
  return query(databaseUrl, async (client) => {
    const { rows } = await client.query<{ seq: number; cell: number; az: number; el: number; at: Date }>(
      'select seq, cell, setpoint_az as az, setpoint_el as el, measured_at as at from points where session_id = $1 order by seq',
      [sessionId],
    );
    return rows.map(({ seq, cell, az, el, at }) => ({
      seq,
      cell,
      atUnixMs: at.getTime(),
      setpoint: { azimuthDeg: az, elevationDeg: el },
    }));
  });
}

/** Its status and its counter in the database. */
export function storedSession(
  databaseUrl: string,
  sessionId: number,
): Promise<{ status: string; completed: number }> {
  return query(databaseUrl, async (client) => {
    const { rows } = await client.query<{ status: string; completed: number }>(
      'select status, completed_points as completed from sessions where id = $1',
      [sessionId],
    );
    return rows[0] ?? { status: 'missing', completed: 0 };
  });
}

async function query<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
