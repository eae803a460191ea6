import { LOCAL_SITE } from '#shared/base/site-name';
import type { Place } from '#shared/sky/look';
import type { SiteRow } from '../store/sites.ts';
import type { PlacedSite } from './bearings-of-sources.ts';

/**
 * Where a site is; undefined: not known. `localPlace`: that of the local site if it has none of its
 * own.
 */
export function placedSite(site: SiteRow, localPlace: Place | undefined): PlacedSite | undefined {
  const { id: siteId, name, latitude_deg: latitudeDeg, longitude_deg: longitudeDeg } = site;
  if (latitudeDeg !== null && longitudeDeg !== null)
    return { siteId, name, latitudeDeg, longitudeDeg, heightM: site.height_m ?? 0 };
  return siteId === LOCAL_SITE.id && localPlace ? { siteId, name, ...localPlace } : undefined;
}
