import type { AlertRuleRequest } from '#contract/rest/alerts';
import type { Place } from './same-source.ts';

/** A change in one session. */
export interface Sighting extends Place {
  anomalyId: number;
  z: number;
  changeDb: number;
  /** Its name, if it has one. */
  name: string | undefined;
  /** Marked by a user, or an identified object. */
  isKnown: boolean;
  catalogueId: number | undefined;
}

export type FilterRule = Pick<AlertRuleRequest, 'kinds' | 'min_change_db' | 'min_z' | 'sector' | 'band'>;

/** Whether a rule is about a change. `mute_known` is not part of it. */
export function isOfRule(rule: FilterRule, sighting: Sighting): boolean {
  const { kind, changeDb, z } = sighting;
  return (
    rule.kinds.includes(kind) &&
    Math.abs(z) >= rule.min_z &&
    (kind === 'moved' || Math.abs(changeDb) >= rule.min_change_db) &&
    isInSector(rule.sector, sighting) &&
    isInBand(rule.band, sighting)
  );
}

function isInSector(sector: FilterRule['sector'], { azimuthDeg, elevationDeg }: Sighting): boolean {
  if (!sector) return true;
  const { azimuth_from_deg: from, azimuth_to_deg: to, elevation_from_deg, elevation_to_deg } = sector;
  const widthDeg = to - from === 360 ? 360 : turned(to - from);
  return (
    turned(azimuthDeg - from) <= widthDeg &&
    elevationDeg >= elevation_from_deg &&
    elevationDeg <= elevation_to_deg
  );
}

function isInBand(band: FilterRule['band'], { channels }: Sighting): boolean {
  return !band || channels.some(({ from_hz, to_hz }) => from_hz < band.to_hz && band.from_hz < to_hz);
}

/** In 0..360. */
function turned(deg: number): number {
  return ((deg % 360) + 360) % 360;
}
