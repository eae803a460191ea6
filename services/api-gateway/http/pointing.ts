import type { RequestHandler, Router } from 'express';
import { parseId } from '#contract/ids';
import {
  pointingCalibrationRequestSchema,
  pointingChangeSchema,
  POINTING_TERMS,
  type Pointing,
  type PointingJob,
} from '#contract/rest/pointing';
import { SkyScanError } from '#shared/base/errors';
import { cancelCalibration, startCalibration } from '../pointing/calibrate.ts';
import { modelChanged, type PointingParts } from '../pointing/parts.ts';
import { refit } from '../pointing/refit.ts';
import { rotorNotFound } from '../scans/start-scan.ts';
import { findJob, type JobRow } from '../store/pointing/jobs.ts';
import { findModel, setModelInForce, type ModelRow } from '../store/pointing/models.ts';
import { deleteObservations, listObservations, type ObservationRow } from '../store/pointing/observations.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import { findRotor, lockRotor, type RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { jsonBody } from './body.ts';
import { parseOr422 } from './errors.ts';
import { requireAnalyst } from './require-analyst.ts';
import { resource } from './resource.ts';
import { rotorOf } from './rotors.ts';

// A refit takes milliseconds.
const REFIT_TIMEOUT_MS = 10_000;

/** What the routes use; `analyst` undefined: none is configured. */
export type PointingRouteParts = Omit<PointingParts, 'analyst'> & {
  analyst: PointingParts['analyst'] | undefined;
  wakePointing: (() => void) | undefined;
};

/** `/api/rotors/{rotor_id}/pointing` and `/calibrate-pointing`. */
export function pointingRoutes(router: Router, parts: PointingRouteParts): void {
  const { db } = parts;

  function withAnalyst(): PointingParts {
    return { ...parts, analyst: requireAnalyst(parts.analyst) };
  }

  /** Changes a rotor without an active scan, and tells everybody. */
  async function change(id: number, work: (tx: Queryable, rotor: RotorRow) => Promise<void>): Promise<void> {
    await db.transaction(async (tx) => {
      const rotor = await lockRotor(tx, id);
      if (!rotor) throw rotorNotFound();
      if (await hasSessions(tx, id, ['pending', 'running', 'paused']))
        throw new SkyScanError('busy', 'Cannot change the pointing model of rotor while a scan is active');
      await work(tx, rotor);
    });
    await modelChanged(parts, id);
  }

  const removeObservations =
    (observationOf: (params: Record<string, unknown>) => number | undefined): RequestHandler =>
    async (request, response) => {
      const { id } = await rotorOf(db, request.params['rotor_id']);
      const { analyst } = withAnalyst();
      const observation = observationOf(request.params);
      await change(id, async (tx, rotor) => {
        const deleted = await deleteObservations(tx, id, observation);
        if (deleted === 0 && observation !== undefined) throw observationNotFound();
        await refit(tx, analyst, rotor, AbortSignal.timeout(REFIT_TIMEOUT_MS));
      });
      response.status(204).end();
    };

  resource(router, '/api/rotors/:rotor_id/calibrate-pointing', {
    post: [
      jsonBody,
      async (request, response) => {
        const body = parseOr422(pointingCalibrationRequestSchema, request.body, 'body');
        const rotor = await rotorOf(db, request.params['rotor_id']);
        await startCalibration(withAnalyst(), rotor, body);
        parts.wakePointing?.();
        response.status(202).json(await stateOf(db, rotor.id));
      },
    ],
    delete: async (request, response) => {
      await cancelCalibration(withAnalyst(), await rotorOf(db, request.params['rotor_id']));
      response.status(204).end();
    },
  });

  resource(router, '/api/rotors/:rotor_id/pointing', {
    get: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      response.json(await stateOf(db, rotor.id));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const { enabled } = parseOr422(pointingChangeSchema, request.body, 'body');
        const { id } = await rotorOf(db, request.params['rotor_id']);
        await change(id, async (tx) => {
          const model = enabled ? await findModel(tx, id) : null;
          if (model === undefined)
            throw new SkyScanError('busy', `Rotor ${id} has no pointing model: calibrate its pointing first`);
          if (model?.problem)
            throw new SkyScanError(
              'busy',
              `The pointing model of rotor ${id} cannot be used: ${model.problem}`,
            );
          await setModelInForce(tx, id, model);
        });
        response.json(await stateOf(db, id));
      },
    ],
    delete: removeObservations(() => undefined),
  });

  resource(router, '/api/rotors/:rotor_id/pointing/observations/:observation_id', {
    delete: removeObservations((params) => {
      const id = parseId(params['observation_id']);
      if (id === undefined) throw observationNotFound();
      return id;
    }),
  });
}

function observationNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Pointing observation not found');
}

/** Everything about the pointing of a rotor, as published. */
async function stateOf(db: Database, rotorId: number): Promise<Pointing> {
  // First the job: what it has found is stored before it is done.
  const job = await findJob(db, rotorId);
  const [rotor, model, observations] = await Promise.all([
    findRotor(db, rotorId),
    findModel(db, rotorId),
    listObservations(db, rotorId),
  ]);
  return {
    enabled: !!rotor?.pointing_model,
    model: model ? publishedModel(model) : null,
    observations: observations.map((row) => publishedObservation(row, model)),
    job: job ? publishedJob(job) : null,
  };
}

function publishedModel({ terms, sigmas, ...model }: ModelRow): Pointing['model'] {
  const { id, created_at, rms_before_deg, rms_deg, chi_square, degrees_of_freedom, problem } = model;
  return {
    id,
    created_at: created_at.toISOString(),
    terms: POINTING_TERMS.map((term) => ({
      term,
      value_deg: terms[term],
      sigma_deg: sigmas[term] ?? null,
    })),
    rms_before_deg,
    rms_deg,
    chi_square,
    degrees_of_freedom,
    problem,
  };
}

function publishedObservation(
  { rotor_id: _rotor, at, ...row }: ObservationRow,
  model: ModelRow | undefined,
): Pointing['observations'][number] {
  const residual = model?.residuals[row.id];
  return {
    ...row,
    at: at.toISOString(),
    residual_cross_deg: residual?.cross_deg ?? null,
    residual_elevation_deg: residual?.elevation_deg ?? null,
  };
}

function publishedJob({ rotor_id: _rotor, next_at, started_at, finished_at, ...row }: JobRow): PointingJob {
  return {
    ...row,
    next_at: row.status === 'running' ? next_at.toISOString() : null,
    started_at: started_at.toISOString(),
    finished_at: finished_at?.toISOString() ?? null,
  };
}
