import type { NewBearing } from '#contract/rest/bearings';

/** A bearing as typed. */
export interface BearingRow {
  siteId: string;
  azimuth: string;
  /** A class, or a standard deviation in degrees. */
  accuracy: string;
}

export type BearingBody = Pick<NewBearing, 'site_id' | 'azimuth_deg' | 'sigma_deg' | 'class'>;

export function emptyRow(siteId: number | undefined): BearingRow {
  return { siteId: String(siteId ?? ''), azimuth: '', accuracy: 'A' };
}

/** The bearings of a request; what is missing is missing there too, so that the API names it. */
export function toBearings(rows: readonly BearingRow[]): BearingBody[] {
  return rows.map(({ siteId, azimuth, accuracy }) => ({
    ...(siteId !== '' && { site_id: Number(siteId) }),
    ...(azimuth.trim() !== '' && { azimuth_deg: Number(azimuth) }),
    ...(isClass(accuracy) ? { class: accuracy } : { sigma_deg: Number(accuracy) }),
  })) as BearingBody[];
}

function isClass(accuracy: string): accuracy is 'A' | 'B' | 'C' {
  return ['A', 'B', 'C'].includes(accuracy);
}
