import { SkyScanError } from '#shared/base/errors';
import { LOCAL_SITE } from '#shared/base/site-name';
import type { Place } from '#shared/sky/look';
import type { Queryable } from '../store/queryable.ts';
import { findSite, type SiteRow } from '../store/sites.ts';

/** A site and where it is. */
export interface PlacedSite extends Place {
  siteId: number;
  name: string;
}

/**
 * Where a site is; undefined: not known. `localPlace`: that of the local site if it has none of its
 * own.
 */
export function placedSite(site: SiteRow, localPlace: Place | undefined): PlacedSite | undefined {
  const { id: siteId, name } = site;
  const place = ownPlace(site) ?? (siteId === LOCAL_SITE.id ? localPlace : undefined);
  return place && { siteId, name, ...place };
}

/** The place of a site; undefined: unknown. Throws `not_found` if there is no such site. */
export type PlaceOf = (siteId: number) => Promise<Place | undefined>;

/** `localPlace`: that of the local site if it has none, which then needs no database. */
export function createPlaceOf(db: Queryable, localPlace: Place | undefined): PlaceOf {
  return async (siteId) => {
    const isLocal = siteId === LOCAL_SITE.id;
    const row = await findSite(db, siteId).catch((error: unknown) => {
      if (isLocal) return undefined;
      throw error;
    });
    if (!row && !isLocal) throw siteNotFound();
    return (row && ownPlace(row)) ?? (isLocal ? localPlace : undefined);
  };
}

export function siteNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Site not found');
}

function ownPlace({ latitude_deg: latitudeDeg, longitude_deg: longitudeDeg, height_m }: SiteRow) {
  if (latitudeDeg === null || longitudeDeg === null) return undefined;
  return { latitudeDeg, longitudeDeg, heightM: height_m ?? 0 };
}
