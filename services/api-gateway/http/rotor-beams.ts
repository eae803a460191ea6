import type { Router } from 'express';
import { patternQuerySchema } from '#contract/rest/patterns';
import { rotorBeamQuerySchema, rotorBeamRequestSchema, type RotorBeam } from '#contract/rest/rotor-beams';
import { SkyScanError } from '#shared/base/errors';
import { beamAtFrequency } from '../patterns/beam-at-frequency.ts';
import { beamOfPattern } from '../patterns/beam-of-pattern.ts';
import { modelChanged, type PointingParts } from '../pointing/parts.ts';
import { rotorNotFound } from '../scans/start-scan.ts';
import type { Queryable } from '../store/queryable.ts';
import { deleteBeam, findBeam, findBeamTable, replaceBeam, type BeamRow } from '../store/rotor-beams.ts';
import { lockRotor } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { jsonBody } from './body.ts';
import { HttpError, parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { rotorOf } from './rotors.ts';
import { createSessionOf } from './session-of.ts';
import { conflictOf, type PatternOf } from './session-pattern.ts';
import { untilClosed } from './until-closed.ts';

type BeamRouteParts = Pick<PointingParts, 'db' | 'rotorCache' | 'sitesChanged'> & { patternOf: PatternOf };

/** `/api/rotors/{rotor_id}/beam`: the measured beam of a rotor. */
export function rotorBeamRoutes(router: Router, parts: BeamRouteParts): void {
  const { db, patternOf } = parts;
  const sessionOf = createSessionOf(db);

  /** Changes a rotor without an active scan, and tells everybody. */
  async function change<T>(id: number, work: (tx: Queryable) => Promise<T>): Promise<T> {
    const result = await db.transaction(async (tx) => {
      if (!(await lockRotor(tx, id))) throw rotorNotFound();
      if (await hasSessions(tx, id, ['pending', 'running', 'paused']))
        throw new SkyScanError('busy', 'Cannot change the beam of rotor while a scan is active');
      return work(tx);
    });
    await modelChanged(parts, id);
    return result;
  }

  resource(router, '/api/rotors/:rotor_id/beam', {
    get: async (request, response) => {
      const { frequency_hz } = parseOr422(rotorBeamQuerySchema, request.query, 'query');
      const { id } = await rotorOf(db, request.params['rotor_id']);
      const beam = await findBeam(db, id);
      if (!beam) throw noBeam(id);
      response.json(published(beam, frequency_hz));
    },
    put: [
      jsonBody,
      async (request, response) => {
        const { session_id, ...question } = parseOr422(rotorBeamRequestSchema, request.body, 'body');
        const query = parseOr422(patternQuerySchema, textsOf(question), 'body');
        const { id } = await rotorOf(db, request.params['rotor_id']);
        const session = await sessionOf(String(session_id));
        if (session.rotor_id !== id)
          throw new HttpError(
            409,
            `Session ${session_id} was measured with rotor ${session.rotor_id}, not ${id}`,
          );
        const beam = beamOf(
          await patternOf(session, { ...query, table: true }, untilClosed(response)).catch(rethrowOfBody),
        );
        const stored = await change(id, (tx) =>
          replaceBeam(tx, id, { ...beam, measured_at: session.started_at }),
        );
        response.json(published(stored));
      },
    ],
    delete: async (request, response) => {
      const { id } = await rotorOf(db, request.params['rotor_id']);
      await change(id, async (tx) => {
        if (!(await deleteBeam(tx, id))) throw noBeam(id);
      });
      response.status(204).end();
    },
  });

  resource(router, '/api/rotors/:rotor_id/beam/table', {
    get: async (request, response) => {
      const { id } = await rotorOf(db, request.params['rotor_id']);
      const table = await findBeamTable(db, id);
      if (table === undefined) throw noBeam(id);
      if (table === null)
        throw new HttpError(
          409,
          `The beam of rotor ${id} has no table: it was stored by an older version, or from a scan along the principal planes only; store one again from a scan of an area`,
        );
      response.attachment(`beam-${id}.json`).json(table);
    },
  });
}

/** Throws 409 with the reason if the pattern does not have all of the beam. */
function beamOf(pattern: Parameters<typeof beamOfPattern>[0]) {
  try {
    return beamOfPattern(pattern);
  } catch (error) {
    throw conflictOf(error);
  }
}

/** The fields of a body as parameters of a query: these have the limits. */
function textsOf(question: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(question).map(([name, value]) => [name, String(value)]));
}

function noBeam(id: number): SkyScanError {
  return new SkyScanError('not_found', `Rotor ${id} has no stored beam`);
}

/** What is wrong with a parameter of the pattern is a field of the body here. */
function rethrowOfBody(error: unknown): never {
  if (!(error instanceof HttpError) || !Array.isArray(error.detail)) throw error;
  throw new HttpError(
    error.status,
    error.detail.map(({ loc, ...rest }) => ({ ...rest, loc: ['body', ...loc.slice(1)] })),
  );
}

function published(row: BeamRow, frequencyHz = row.frequency_hz): RotorBeam {
  const { measured_at, stored_at, ...beam } = beamAtFrequency(row, frequencyHz);
  return {
    ...beam,
    at_hz: frequencyHz,
    measured_at: measured_at?.toISOString() ?? null,
    stored_at: stored_at.toISOString(),
  };
}
