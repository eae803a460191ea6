import type { Router } from 'express';
import { SkyScanError, errorKind, errorMessage } from '#shared/base/errors';
import type { Pointing } from '#shared/sky/pointing';
import { hiddenReason } from '../clients/peer-errors.ts';
import type { CableTurn, RotatorFacts, RotorDriver } from '../clients/rotor-driver.ts';
import { moveRotor, parkRotor, unlessScanning } from '../rotors/move-rotor.ts';
import type { RotorCache } from '../rotors/rotor-cache.ts';
import { checkTypedBeamWidth } from '../rotors/typed-beam-width.ts';
import { rotorNotFound } from '../scans/start-scan.ts';
import { isForeignKeyViolation, isUniqueViolation } from '../store/database.ts';
import type { Database } from '../store/queryable.ts';
import {
  deleteRotor,
  findRotor,
  insertRotor,
  listRotors,
  lockRotor,
  updateRotor,
  type RotorFields,
  type RotorRow,
} from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { parseId } from '#contract/ids';
import { resource } from './resource.ts';
import { moveSchema, newRotorSchema, rotorChangeSchema, setTurnSchema } from '#contract/rest/rotors';
import { siteFilterSchema } from '#contract/rest/sites';

/** `/api/rotors*`. */
export function rotorRoutes(
  router: Router,
  {
    db,
    driverOf,
    siteIds,
    rotorCache,
    rotorsChanged,
  }: {
    db: Database;
    driverOf: (siteId: number) => RotorDriver;
    /** All sites that this gateway knows. */
    siteIds: () => number[];
    rotorCache: RotorCache;
    /** Call it after every change, with the sites of the rotor. */
    rotorsChanged: (...siteIds: number[]) => Promise<void>;
  },
): void {
  const driverFor = (rotor: RotorRow) => driverOf(rotor.site_id);

  resource(router, '/api/rotors', {
    get: async (request, response) => {
      const { site_id } = parseOr422(siteFilterSchema, request.query, 'query');
      response.json((await listRotors(db, site_id)).map(toPublishedRotor));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const rotor = parseOr422(newRotorSchema, request.body, 'body');
        const row = await insertRotor(db, rotor).catch(rethrowRefused);
        rotorCache.set(row);
        await rotorsChanged(row.site_id);
        response.status(201).location(`/api/rotors/${row.id}`).json(toPublishedRotor(row));
      },
    ],
  });

  resource(router, '/api/rotors/:rotor_id', {
    get: async (request, response) => {
      response.json(toPublishedRotor(await rotorOf(db, request.params['rotor_id'])));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const change = parseOr422(rotorChangeSchema, request.body, 'body');
        const { siteId, row } = await whileIdle(
          db,
          driverFor,
          request.params['rotor_id'],
          'update',
          async (tx, rotor) => {
            await checkTypedBeamWidth(tx, rotor, change);
            const whole = parseOr422(newRotorSchema, { ...fieldsOf(rotor), ...change }, 'body');
            return { siteId: rotor.site_id, row: await updateRotor(tx, rotor.id, whole) };
          },
        ).catch(rethrowRefused);
        rotorCache.set(row);
        await rotorsChanged(siteId, row.site_id);
        response.json(toPublishedRotor(row));
      },
    ],
    delete: async (request, response) => {
      const rotor = await whileIdle(db, driverFor, request.params['rotor_id'], 'delete', async (tx, row) => {
        await deleteRotor(tx, row.id);
        return row;
      });
      rotorCache.delete(rotor.id);
      await rotorsChanged(rotor.site_id);
      response.status(204).end();
    },
  });

  resource(router, '/api/rotors/:rotor_id/test', {
    get: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      const found = await driverFor(rotor)
        .test(rotor)
        .catch((error: unknown) => {
          if (errorKind(error) === 'internal') throw error;
          return { trouble: hiddenReason(error) ?? errorMessage(error), attempts: [] };
        });
      response.json(
        'trouble' in found
          ? { connected: false, reason: found.trouble, attempts: found.attempts }
          : { connected: true, ...toPublishedFacts(found), trust_limits: rotor.trust_limits },
      );
    },
  });

  resource(router, '/api/rotors/:rotor_id/position', {
    get: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      const { pointing, measuredAtMs } = await driverFor(rotor).position(rotor);
      response.json({
        azimuth: pointing.azimuthDeg,
        elevation: pointing.elevationDeg,
        rotor_name: rotor.name,
        timestamp: new Date(measuredAtMs).toISOString(),
      });
    },
  });

  resource(router, '/api/rotors/:rotor_id/turn', {
    get: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      response.json(toPublishedTurn(await driverFor(rotor).turn(rotor)));
    },
    post: [
      jsonBody,
      async (request, response) => {
        const { turn } = parseOr422(setTurnSchema, request.body, 'body');
        const rotor = await rotorOf(db, request.params['rotor_id']);
        const found = await unlessScanning(db, rotor, () => driverFor(rotor).turn(rotor, turn));
        response.json(toPublishedTurn(found));
      },
    ],
  });

  resource(router, '/api/rotors/:rotor_id/move', {
    post: [
      jsonBody,
      async (request, response) => {
        const body = parseOr422(moveSchema, request.body, 'body');
        const rotor = await rotorOf(db, request.params['rotor_id']);
        const target: Pointing = { azimuthDeg: body.azimuth, elevationDeg: body.elevation };
        await moveRotor({ db, driverOf }, rotor, target);
        response.json({
          status: 'moving',
          rotor_id: rotor.id,
          azimuth: body.azimuth,
          elevation: body.elevation,
        });
      },
    ],
  });

  resource(router, '/api/rotors/:rotor_id/park', {
    post: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      await parkRotor({ db, driverOf }, rotor);
      response.json({ status: 'parking', rotor_id: rotor.id });
    },
  });

  resource(router, '/api/rotors/:rotor_id/stop', {
    post: async (request, response) => {
      const id = parseId(request.params['rotor_id']);
      if (id === undefined) throw rotorNotFound();
      const rotor = await rotorCache.find(id);
      if (rotor) await driverFor(rotor).stop(rotor);
      else await stopDeleted(siteIds(), driverOf, id);
      response.json({ status: 'stopped', rotor_id: id });
    },
  });
}

function toPublishedTurn({ turn, known, possible, azimuthDeg, reportedDeg }: CableTurn) {
  return { turn, known, possible, azimuth: azimuthDeg, reported_azimuth: reportedDeg };
}

/** The rotor of a path. Throws `not_found`. */
export async function rotorOf(db: Database, text: unknown): Promise<RotorRow> {
  const id = parseId(text);
  const rotor = id === undefined ? undefined : await findRotor(db, id);
  if (!rotor) throw rotorNotFound();
  return rotor;
}

/** Changes a rotor that is idle. The lock prevents a session from starting meanwhile. */
async function whileIdle<T>(
  db: Database,
  driverFor: (rotor: RotorRow) => Pick<RotorDriver, 'inUse'>,
  text: unknown,
  verb: 'update' | 'delete',
  change: (tx: Parameters<typeof lockRotor>[0], rotor: RotorRow) => Promise<T>,
): Promise<T> {
  const id = parseId(text);
  if (id === undefined) throw rotorNotFound();
  return db.transaction(async (tx) => {
    const rotor = await lockRotor(tx, id);
    if (!rotor) throw rotorNotFound();
    if (await hasSessions(tx, id, ['pending', 'running', 'paused']))
      throw new SkyScanError('busy', `Cannot ${verb} rotor while a scan is active`);
    if (await driverFor(rotor).inUse(id))
      throw new SkyScanError('busy', `Cannot ${verb} rotor while it is moving`);
    return change(tx, rotor);
  });
}

/**
 * Stops a deleted rotor, whose site is not stored any more, wherever it is in use. A site that does
 * not answer delays no other one.
 */
async function stopDeleted(
  siteIds: number[],
  driverOf: (siteId: number) => Pick<RotorDriver, 'stopDeleted'>,
  id: number,
): Promise<void> {
  try {
    await Promise.any(siteIds.map(async (siteId) => driverOf(siteId).stopDeleted(id)));
  } catch (error) {
    const errors = (error as AggregateError).errors as Error[];
    throw errors.find((each) => errorKind(each) !== 'not_found') ?? rotorNotFound();
  }
}

/** Explains what the database refuses: a taken name, a site that does not exist. */
function rethrowRefused(error: unknown): never {
  if (isUniqueViolation(error)) throw new HttpError(409, 'Rotor with that name already exists');
  if (isForeignKeyViolation(error))
    throw new HttpError(422, [
      { loc: ['body', 'site_id'], msg: 'Must be the id of a site (GET /api/sites)', type: 'unknown_site' },
    ]);
  throw error;
}

/** The configuration part of a row. */
export function fieldsOf(rotor: RotorRow): RotorFields {
  const { id: _id, created_at: _createdAt, beam: _beam, pointing_model: _model, ...fields } = rotor;
  return fields;
}

function toPublishedRotor({ created_at, pointing_model: _model, ...rotor }: RotorRow) {
  return { ...rotor, created_at: created_at.toISOString() };
}

function toPublishedFacts({ model, dialect, limits, resolutionDeg, attempts, remarks }: RotatorFacts) {
  return {
    model,
    dialect,
    limits: limits
      ? { az_min: limits.azMinDeg, az_max: limits.azMaxDeg, el_min: limits.elMinDeg, el_max: limits.elMaxDeg }
      : null,
    resolution_deg: resolutionDeg ?? null,
    attempts,
    ...(remarks.length > 0 && { remarks }),
  };
}
