import type { Queryable } from '../queryable.ts';

/** A source of known direction, found at a readback of the mount. */
export interface NewObservation {
  session_ids: number[];
  target: string;
  at: Date;
  azimuth_deg: number;
  elevation_deg: number;
  readback_azimuth_deg: number;
  readback_elevation_deg: number;
  sigma_deg: number;
  signal_to_noise: number;
  width_deg: number;
}

export interface ObservationRow extends NewObservation {
  id: number;
  rotor_id: number;
}

/** Oldest first. */
export function listObservations(db: Queryable, rotorId: number): Promise<ObservationRow[]> {
  return db.query<ObservationRow>('select * from pointing_observations where rotor_id = $1 order by id', [
    rotorId,
  ]);
}

export async function insertObservation(
  tx: Queryable,
  rotorId: number,
  observation: NewObservation,
): Promise<void> {
  await tx.query(
    `insert into pointing_observations (rotor_id, session_ids, target, at, azimuth_deg, elevation_deg, readback_azimuth_deg,
       readback_elevation_deg, sigma_deg, signal_to_noise, width_deg) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      rotorId,
      observation.session_ids,
      observation.target,
      observation.at,
      observation.azimuth_deg,
      observation.elevation_deg,
      observation.readback_azimuth_deg,
      observation.readback_elevation_deg,
      observation.sigma_deg,
      observation.signal_to_noise,
      observation.width_deg,
    ],
  );
}

/** Deletes one observation, or all; returns how many. */
export async function deleteObservations(tx: Queryable, rotorId: number, id?: number): Promise<number> {
  const sql = `delete from pointing_observations where rotor_id = $1 and ($2::int is null or id = $2) returning id`;
  return (await tx.query(sql, [rotorId, id ?? null])).length;
}
