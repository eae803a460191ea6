import type { PointingModel } from '#shared/sky/pointing-model';
import type { Queryable } from '../queryable.ts';

/** Readback less that of the model, on the sky, degrees. */
export interface StoredResidual {
  cross_deg: number;
  elevation_deg: number;
}

export interface NewModel {
  terms: PointingModel;
  /** Standard deviations of the terms that were determined. */
  sigmas: Partial<Record<string, number>>;
  rms_before_deg: number;
  rms_deg: number;
  chi_square: number;
  degrees_of_freedom: number;
  /** By id of the observation. */
  residuals: Record<string, StoredResidual>;
  /** Why it must not be used. */
  problem: string | null;
}

export interface ModelRow extends NewModel {
  id: number;
  rotor_id: number;
  created_at: Date;
}

/** A model as rotors and the rotors of sessions have it. */
export interface ModelInForce extends PointingModel {
  id: number;
  /** UTC with Z. */
  created_at: string;
}

/** The newest model of a rotor. */
export async function findModel(db: Queryable, rotorId: number): Promise<ModelRow | undefined> {
  const sql = 'select * from pointing_models where rotor_id = $1 order by id desc limit 1';
  const [row] = await db.query<ModelRow>(sql, [rotorId]);
  return row;
}

export async function insertModel(tx: Queryable, rotorId: number, model: NewModel): Promise<ModelRow> {
  const [row] = await tx.query<ModelRow>(
    `insert into pointing_models (rotor_id, terms, sigmas, rms_before_deg, rms_deg, chi_square, degrees_of_freedom, residuals, problem)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *`,
    [
      rotorId,
      JSON.stringify(model.terms),
      JSON.stringify(model.sigmas),
      model.rms_before_deg,
      model.rms_deg,
      model.chi_square,
      model.degrees_of_freedom,
      JSON.stringify(model.residuals),
      model.problem,
    ],
  );
  if (!row) throw new Error('insert returned no row');
  return row;
}

/** Deletes all models of a rotor: it has no observations any more. */
export async function deleteModels(tx: Queryable, rotorId: number): Promise<void> {
  await tx.query('delete from pointing_models where rotor_id = $1', [rotorId]);
}

/** Puts a model in force; null: none. */
export async function setModelInForce(
  tx: Queryable,
  rotorId: number,
  model: Pick<ModelRow, 'id' | 'created_at' | 'terms'> | null,
): Promise<void> {
  const value = model && { id: model.id, created_at: model.created_at.toISOString(), ...model.terms };
  await tx.query('update rotors set pointing_model = $2 where id = $1', [
    rotorId,
    value && JSON.stringify(value),
  ]);
}
