import { SkyScanError } from '#shared/base/errors';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { KnownEmitter, KnownSatellite } from '../domain/known-object-target.ts';
import { readKnownRecords } from '../store/known-sky/sets.ts';
import type { Database } from '../store/queryable.ts';

export interface KnownSkyParts {
  db: Database;
  analyst: Pick<SkyAnalyst, 'findSatellite' | 'findEmitter'>;
}

const DEADLINE_MS = 30_000;

/** Throws `busy` without elements, `not_found` for an unknown name. */
export async function findKnownSatellite(
  { db, analyst }: KnownSkyParts,
  name: string,
): Promise<KnownSatellite> {
  const records = await readKnownRecords(db, ['elements']);
  if (records.length === 0)
    throw new SkyScanError(
      'busy',
      `the direction of satellite ${name} is unknown: there are no orbital elements, upload them (PUT /api/satellites/elements)`,
    );
  return analyst.findSatellite(name, records, AbortSignal.timeout(DEADLINE_MS));
}

/** Throws `busy` without emitters, `not_found` for an unknown name. */
export async function findKnownEmitter({ db, analyst }: KnownSkyParts, name: string): Promise<KnownEmitter> {
  const records = await readKnownRecords(db, ['emitters']);
  if (records.length === 0)
    throw new SkyScanError(
      'busy',
      `the direction of emitter ${name} is unknown: there are no emitters, upload them (PUT /api/emitters)`,
    );
  return analyst.findEmitter(name, records, AbortSignal.timeout(DEADLINE_MS));
}
