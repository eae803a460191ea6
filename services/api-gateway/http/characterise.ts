import type { Response, Router } from 'express';
import { characteristicsQuerySchema } from '#contract/rest/characteristics';
import { errorDetails, errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { changesBy, type Characteristics, type Measured } from '../domain/characteristics.ts';
import type { CharacteriseEvent } from '../clients/characterise.ts';
import { messageWithReason } from '../clients/peer-errors.ts';
import type { RotorDriver } from '../clients/rotor-driver.ts';
import { rotorNotFound } from '../scans/start-scan.ts';
import { findCharacteristics, listCharacteristics, storeCharacteristics } from '../store/characteristics.ts';
import type { Database } from '../store/database.ts';
import { lockRotor, updateRotor, type RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { fieldsOf, rotorOf } from './rotors.ts';

const REFUSED = 'Cannot characterise rotor while a scan is active';

/**
 * Measuring what a rotor can do: progress and result as lines of JSON. Whoever closes the
 * connection cancels it.
 */
export function characteriseRoutes(
  router: Router,
  { db, driver, logger }: { db: Database; driver: RotorDriver; logger: Logger },
): void {
  resource(router, '/api/rotors/:rotor_id/characterise', {
    post: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      if (await hasSessions(db, rotor.id, ['pending', 'running', 'paused']))
        throw new SkyScanError('busy', REFUSED);
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const events = driver.characterise(rotor, gone.signal);
      // What goes wrong before the first word of the driver is still a proper status.
      const first = await events.next().catch(heldByScan);
      response.status(200).set({ 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
      try {
        const measured = await lastOf(first, events, response);
        const result = await apply(db, rotor, measured).catch((error: unknown) => {
          throw new NotStoredError(measured, error);
        });
        writeLine(response, { result });
      } catch (error) {
        if (!gone.signal.aborted) writeLine(response, errorLine(error, logger));
      }
      response.end();
    },
  });

  // Rotors that were never characterised are not listed: a page can ask for one without an error in
  // its console.
  resource(router, '/api/characteristics', {
    get: async (request, response) => {
      const { rotor_id } = parseOr422(characteristicsQuerySchema, request.query, 'query');
      response.json(await listCharacteristics(db, rotor_id));
    },
  });

  resource(router, '/api/rotors/:rotor_id/characteristics', {
    get: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      const found = await findCharacteristics(db, rotor.id);
      if (!found) throw new SkyScanError('not_found', 'Rotor has not been characterised yet');
      response.json(found);
    },
  });
}

/**
 * Minutes of measuring are not thrown away because the database is away: whoever waits gets them.
 */
class NotStoredError extends Error {
  readonly measured: Measured;

  constructor(measured: Measured, cause: unknown) {
    super(`${errorMessage(cause)}: the measurement is not stored`, { cause });
    this.measured = measured;
  }
}

function heldByScan(error: unknown): never {
  if (errorKind(error) === 'busy' && errorDetails(error).sessionId !== undefined)
    throw new SkyScanError('busy', REFUSED, { cause: error });
  throw error;
}

/** Passes the progress on; returns the result. */
async function lastOf(
  first: IteratorResult<CharacteriseEvent, void>,
  rest: AsyncGenerator<CharacteriseEvent, void>,
  response: Response,
): Promise<Measured> {
  for (let next = first; !next.done; next = await rest.next()) {
    if ('measured' in next.value) return next.value.measured;
    // A client that does not read misses some.
    if (!response.writableNeedDrain) writeLine(response, next.value.progress);
  }
  throw new SkyScanError('unavailable', 'rotor-driver ended without a result');
}

/** Stores the measurement and sets the rotor's fields by it. */
function apply(db: Database, { id }: RotorRow, measured: Measured): Promise<Characteristics> {
  return db.transaction(async (tx) => {
    const rotor = await lockRotor(tx, id);
    if (!rotor) throw rotorNotFound();
    const applied = changesBy(rotor, measured);
    await updateRotor(tx, id, { ...fieldsOf(rotor), ...applied });
    const result = { ...measured, applied };
    await storeCharacteristics(tx, id, result);
    return result;
  });
}

function errorLine(error: unknown, logger: Logger): object {
  const cause = error instanceof NotStoredError ? error.cause : error;
  if (!(cause instanceof SkyScanError) || cause.kind === 'internal') {
    logger.error({ err: cause }, 'unexpected error');
    return { detail: 'Internal Server Error' };
  }
  return {
    detail: messageWithReason(error),
    ...(error instanceof NotStoredError && { measured: error.measured }),
  };
}

function writeLine(response: Response, line: object): void {
  response.write(`${JSON.stringify(line)}\n`);
}
