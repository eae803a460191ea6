import type { BeamWidths, Rotor } from '#contract/rest/rotors';
import type { ModelInForce } from './pointing/models.ts';
import type { Queryable } from './queryable.ts';

/** A row of `rotors`, with the names of the public contract. */
export interface RotorRow extends RotorFields {
  id: number;
  /** Of the stored beam, at its frequency; null: none is stored. */
  beam: BeamWidths | null;
  /** The pointing model in force; null: none. Not published with the rotor. */
  pointing_model: ModelInForce | null;
  created_at: Date;
}

/** The configuration of a rotor; the names contain the units. */
export type RotorFields = Omit<Rotor, 'id' | 'beam' | 'created_at'>;

const FIELDS = [
  'name',
  'site_id',
  'rotor_type',
  'host',
  'port',
  'min_elevation',
  'max_elevation',
  'az_min',
  'az_max',
  'park_az',
  'park_el',
  'park_after_scan',
  'horizon',
  'keep_out',
  'tolerance_deg',
  'settle_ms',
  'az_speed_deg_s',
  'el_speed_deg_s',
  'az_acceleration_deg_s2',
  'el_acceleration_deg_s2',
  'site',
  'rssi_source',
  'center_frequency_hz',
  'bandwidth_hz',
  'gain_db',
  'read_ms',
  'dbm_offset_db',
  'receiver',
  'frequency_correction_ppm',
  'bias_tee',
  'beam_width_deg',
  'trust_limits',
  'avoid_sun',
] as const satisfies (keyof RotorFields)[];

const COLUMNS = FIELDS.join(', ');
/** A row with the widths of the stored beam. */
const ROW = `rotors.*,
  (select jsonb_build_object('azimuth_deg', hpbw_deg #> '{azimuth,value}', 'elevation_deg', hpbw_deg #> '{elevation,value}',
     'frequency_hz', frequency_hz)
   from rotor_beams where rotor_id = rotors.id) as beam`;
const PLACES = FIELDS.map((_, index) => `$${index + 1}`).join(', ');

/** All rotors, oldest first; with `siteId` only those of one site. */
export function listRotors(db: Queryable, siteId?: number): Promise<RotorRow[]> {
  return db.query<RotorRow>(`select ${ROW} from rotors where $1::int is null or site_id = $1 order by id`, [
    siteId ?? null,
  ]);
}

export async function findRotor(db: Queryable, id: number): Promise<RotorRow | undefined> {
  const [row] = await db.query<RotorRow>(`select ${ROW} from rotors where id = $1`, [id]);
  return row;
}

/** Reads a rotor and blocks changes to it, and new sessions, until the transaction ends. */
export async function lockRotor(tx: Queryable, id: number): Promise<RotorRow | undefined> {
  const [row] = await tx.query<RotorRow>(`select ${ROW} from rotors where id = $1 for update`, [id]);
  return row;
}

/** Throws a unique violation if the name is taken. */
export async function insertRotor(db: Queryable, rotor: RotorFields): Promise<RotorRow> {
  const sql = `insert into rotors (${COLUMNS}) values (${PLACES}) returning ${ROW}`;
  const [row] = await db.query<RotorRow>(sql, values(rotor));
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** Throws a unique violation if the name is taken. */
export async function updateRotor(tx: Queryable, id: number, rotor: RotorFields): Promise<RotorRow> {
  const sql = `update rotors set (${COLUMNS}) = row(${PLACES}) where id = $${FIELDS.length + 1} returning ${ROW}`;
  const [row] = await tx.query<RotorRow>(sql, [...values(rotor), id]);
  if (!row) throw new Error(`rotor ${id} is gone inside its own transaction`);
  return row;
}

export async function deleteRotor(tx: Queryable, id: number): Promise<void> {
  await tx.query('delete from rotors where id = $1', [id]);
}

function values(rotor: RotorFields): unknown[] {
  // node-postgres would convert a JavaScript array to a PostgreSQL array instead of JSON.
  return FIELDS.map((field) => {
    const value = rotor[field];
    return Array.isArray(value) ? JSON.stringify(value) : value;
  });
}
