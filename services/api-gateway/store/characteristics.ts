import type { Characteristics } from '../domain/characteristics.ts';
import type { Queryable } from './queryable.ts';

/** Stores the last characterisation of a rotor. */
export async function storeCharacteristics(
  tx: Queryable,
  rotorId: number,
  result: Characteristics,
): Promise<void> {
  await tx.query(
    `insert into rotor_characteristics (rotor_id, result, measured_at) values ($1, $2, $3)
     on conflict (rotor_id) do update set result = excluded.result, measured_at = excluded.measured_at`,
    [rotorId, JSON.stringify(result), result.measured_at],
  );
}

/** The last characterisation of a rotor. */
export async function findCharacteristics(
  db: Queryable,
  rotorId: number,
): Promise<Characteristics | undefined> {
  const sql = 'select result from rotor_characteristics where rotor_id = $1';
  const [row] = await db.query<{ result: Characteristics }>(sql, [rotorId]);
  return row?.result;
}

/** The last characterisations by rotor id, of one rotor or site if given. */
export async function listCharacteristics(
  db: Queryable,
  filter: { rotor_id?: number | undefined; site_id?: number | undefined },
): Promise<(Characteristics & { rotor_id: number })[]> {
  const rows = await db.query<{ rotor_id: number; result: Characteristics }>(
    `select rotor_id, result from rotor_characteristics join rotors on rotors.id = rotor_id
     where ($1::int is null or rotor_id = $1) and ($2::int is null or site_id = $2) order by rotor_id`,
    [filter.rotor_id ?? null, filter.site_id ?? null],
  );
  return rows.map(({ rotor_id, result }) => ({ rotor_id, ...result }));
}
