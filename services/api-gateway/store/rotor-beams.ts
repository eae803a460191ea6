import type { RotorBeam } from '#contract/rest/rotor-beams';
import type { BeamTable } from '#contract/rest/beam-tables';
import type { Queryable } from './queryable.ts';

/** What is stored of a measured beam. */
export type NewBeam = Omit<
  RotorBeam,
  'rotor_id' | 'at_hz' | 'stored_at' | 'measured_at' | 'typed_beam_width_deg'
> & {
  measured_at: Date | null;
  /** Null: the scan was along lines only, or stored by an older version. */
  pattern: BeamTable | null;
};

/** `pattern` is large: it is read by itself. */
export interface BeamRow extends Omit<NewBeam, 'pattern'> {
  rotor_id: number;
  stored_at: Date;
  /** Of the rotor before. */
  typed_beam_width_deg: number | null;
}

const COLUMNS = `rotor_id, session_id, source, frequency_hz, measured_at, stored_at, beam_width as beam_width_deg, hpbw_deg,
  side_lobes, warnings, typed_beam_width_deg`;

export async function findBeam(db: Queryable, rotorId: number): Promise<BeamRow | undefined> {
  const [row] = await db.query<BeamRow>(`select ${COLUMNS} from rotor_beams where rotor_id = $1`, [rotorId]);
  return row;
}

/** Undefined: no beam is stored; null: it has no table. */
export async function findBeamTable(db: Queryable, rotorId: number): Promise<BeamTable | null | undefined> {
  const [row] = await db.query<Pick<NewBeam, 'pattern'>>(
    'select pattern from rotor_beams where rotor_id = $1',
    [rotorId],
  );
  return row?.pattern;
}

/** Stores a beam in place of the one before, and makes its width that of the rotor. */
export async function replaceBeam(tx: Queryable, rotorId: number, beam: NewBeam): Promise<BeamRow> {
  const [row] = await tx.query<BeamRow>(
    `insert into rotor_beams (rotor_id, session_id, source, frequency_hz, measured_at, beam_width, hpbw_deg, side_lobes, warnings,
       pattern, typed_beam_width_deg)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, (select beam_width_deg from rotors where id = $1))
     on conflict (rotor_id) do update set session_id = excluded.session_id, source = excluded.source,
       frequency_hz = excluded.frequency_hz, measured_at = excluded.measured_at, stored_at = now(),
       beam_width = excluded.beam_width, hpbw_deg = excluded.hpbw_deg, side_lobes = excluded.side_lobes,
       warnings = excluded.warnings, pattern = excluded.pattern
     returning ${COLUMNS}`,
    [
      rotorId,
      beam.session_id,
      beam.source,
      beam.frequency_hz,
      beam.measured_at,
      ...[beam.beam_width_deg, beam.hpbw_deg, beam.side_lobes, beam.warnings].map((each) =>
        JSON.stringify(each),
      ),
      beam.pattern && JSON.stringify(beam.pattern),
    ],
  );
  if (!row) throw new Error('insert returned no row');
  await setWidth(tx, rotorId, beam.beam_width_deg.value);
  return row;
}

/** Restores the width before. Returns false if there is no beam. */
export async function deleteBeam(tx: Queryable, rotorId: number): Promise<boolean> {
  const [row] = await tx.query<Pick<BeamRow, 'typed_beam_width_deg'>>(
    'delete from rotor_beams where rotor_id = $1 returning typed_beam_width_deg',
    [rotorId],
  );
  if (!row) return false;
  await setWidth(tx, rotorId, row.typed_beam_width_deg);
  return true;
}

async function setWidth(tx: Queryable, rotorId: number, widthDeg: number | null): Promise<void> {
  await tx.query('update rotors set beam_width_deg = $2 where id = $1', [rotorId, widthDeg]);
}
