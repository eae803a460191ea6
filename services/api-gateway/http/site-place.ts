import { LOCAL_SITE } from '#shared/base/site-name';
import type { Site as Place } from '#shared/sky/site';
import type { Queryable } from '../store/queryable.ts';
import { findSite } from '../store/sites.ts';
import { siteNotFound } from './sites.ts';

/**
 * Where a site is; undefined: not known. `localPlace`: that of the local site if it has none, which
 * needs no database. Throws `not_found`.
 */
export async function placeOfSite(
  db: Queryable,
  siteId: number,
  localPlace: Place | undefined,
): Promise<Place | undefined> {
  const isLocal = siteId === LOCAL_SITE.id;
  const row = await findSite(db, siteId).catch((error: unknown) => {
    if (isLocal) return undefined;
    throw error;
  });
  if (!row && !isLocal) throw siteNotFound();
  const { latitude_deg: latitudeDeg = null, longitude_deg: longitudeDeg = null } = row ?? {};
  if (latitudeDeg !== null && longitudeDeg !== null) return { latitudeDeg, longitudeDeg };
  return isLocal ? localPlace : undefined;
}
