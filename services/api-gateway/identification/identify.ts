import { KNOWN_SKY_KINDS } from '#contract/known-sky-values';
import type { Candidates } from '#contract/rest/candidates';
import type { Place } from '#shared/sky/look';
import type { SeenSource } from '../clients/known-sky.ts';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import { listVersions, readKnownRecords } from '../store/known-sky/sets.ts';
import type { Database, Queryable } from '../store/queryable.ts';

/**
 * What sources probably are, in their order, with what is stored of the known sky. Throws
 * `unavailable` if sky-analyst cannot be reached, `invalid` for values out of range.
 */
export async function identify(
  db: Pick<Database, 'copy'>,
  analyst: Pick<SkyAnalyst, 'identifySources'>,
  site: Place,
  sources: readonly SeenSource[],
  signal: AbortSignal,
): Promise<Candidates[]> {
  if (sources.length === 0) return [];
  return analyst.identifySources(site, sources, await readKnownRecords(db, KNOWN_SKY_KINDS), signal);
}

/**
 * Changes whenever elements, frequencies or emitters change; then an identification may have
 * another result.
 */
export async function knownSkyVersion(db: Queryable): Promise<string> {
  return (await listVersions(db)).map(({ kind, version }) => `${kind}=${version}`).join(' ');
}
