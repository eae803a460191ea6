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
import type { Database } from '../store/queryable.ts';
import { lockRotor, updateRotor, type RotorRow } from '../store/rotors.ts';
import { hasSessions } from '../store/sessions.ts';
import { parseOr422 } from './errors.ts';
import { resource } from './resource.ts';
import { fieldsOf, rotorOf } from './rotors.ts';

const SCAN_ACTIVE = 'Cannot characterise rotor while a scan is active';

/**
 * Characterises a rotor: streams progress and result as JSON lines. Closing the connection cancels
 * the measurement.
 */
export function characteriseRoutes(
  router: Router,
  {
    db,
    driverOf,
    logger,
  }: { db: Database; driverOf: (siteId: number) => Pick<RotorDriver, 'characterise'>; logger: Logger },
): void {
  resource(router, '/api/rotors/:rotor_id/characterise', {
    post: async (request, response) => {
      const rotor = await rotorOf(db, request.params['rotor_id']);
      if (await hasSessions(db, rotor.id, ['pending', 'running', 'paused']))
        throw new SkyScanError('busy', SCAN_ACTIVE);
      const disconnected = new AbortController();
      response.once('close', () => disconnected.abort());
      const events = driverOf(rotor.site_id).characterise(rotor, disconnected.signal);
      // Errors before the first message of the driver get a proper HTTP status.
      const first = await events.next().catch(rethrowScanActive);
      response.status(200).set({ 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
      try {
        const measured = await streamProgress(first, events, response);
        const result = await storeResult(db, rotor, measured).catch((error: unknown) => {
          throw new NotStoredError(measured, error);
        });
        writeLine(response, { result });
      } catch (error) {
        if (!disconnected.signal.aborted) writeLine(response, errorLine(error, logger));
      }
      response.end();
    },
  });

  // Lists only characterised rotors, so that a page can ask for one without a 404 in its console.
  resource(router, '/api/characteristics', {
    get: async (request, response) => {
      const filter = parseOr422(characteristicsQuerySchema, request.query, 'query');
      response.json(await listCharacteristics(db, filter));
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

/** Returns the result of a long measurement even if the database is not available. */
class NotStoredError extends Error {
  readonly measured: Measured;

  constructor(measured: Measured, cause: unknown) {
    super(`${errorMessage(cause)}: the measurement is not stored`, { cause });
    this.measured = measured;
  }
}

function rethrowScanActive(error: unknown): never {
  if (errorKind(error) === 'busy' && errorDetails(error).sessionId !== undefined)
    throw new SkyScanError('busy', SCAN_ACTIVE, { cause: error });
  throw error;
}

/** Streams the progress; returns the result. */
async function streamProgress(
  first: IteratorResult<CharacteriseEvent, void>,
  rest: AsyncGenerator<CharacteriseEvent, void>,
  response: Response,
): Promise<Measured> {
  for (let next = first; !next.done; next = await rest.next()) {
    if ('measured' in next.value) return next.value.measured;
    // A slow client misses some progress.
    if (!response.writableNeedDrain) writeLine(response, next.value.progress);
  }
  throw new SkyScanError('unavailable', 'rotor-driver ended without a result');
}

/** Stores the measurement and the rotor fields that it changes. */
function storeResult(db: Database, { id }: RotorRow, measured: Measured): Promise<Characteristics> {
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
