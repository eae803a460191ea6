import type { Candidates } from '#contract/rest/candidates';
import type { Queryable } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { enterSources, removeEmptyEntries, type IdentifiedSource } from '../store/sources/catalogue.ts';
import { replaceSources, type FoundSource } from '../store/sources/sources.ts';

/** Sources with their names, in the same order; without a name they are unknown. */
export function withNames(found: readonly FoundSource[], names: readonly Candidates[]): IdentifiedSource[] {
  return found.map((source, k) => ({
    ...source,
    identity: names[k]?.accepted ?? null,
    candidates: names[k]?.candidates ?? [],
  }));
}

/** Replaces the sources of a session, also in the catalogue of its site. */
export async function replaceIdentified(
  tx: Queryable,
  { id, site_id }: Pick<SessionRow, 'id' | 'site_id'>,
  sources: readonly IdentifiedSource[],
  beamWidthDeg: number,
): Promise<void> {
  await replaceSources(tx, id, await enterSources(tx, site_id, sources, beamWidthDeg));
  await removeEmptyEntries(tx, site_id);
}
