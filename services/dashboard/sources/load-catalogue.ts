import { MAX_ID } from '#contract/ids';
import type { CatalogueEntry } from '#contract/rest/sources';
import type { Api } from '../lib/api.ts';

const PAGE_SIZE = 1_000;

/** All entries, the newest first. Throws `ApiError`, or the signal's reason. */
export async function loadCatalogue(
  api: Pick<Api, 'get'>,
  filter: { siteId?: number; isIgnored?: boolean },
  signal: AbortSignal,
): Promise<CatalogueEntry[]> {
  const { siteId, isIgnored } = filter;
  const all: CatalogueEntry[] = [];
  for (;;) {
    const query = new URLSearchParams({
      before_id: String(all.at(-1)?.id ?? MAX_ID),
      ...(siteId !== undefined && { site_id: String(siteId) }),
      ...(isIgnored && { is_ignored: 'true' }),
    });
    const page = await api.get(`/api/sources?${query.toString()}`, signal);
    all.push(...page);
    if (page.length < PAGE_SIZE) return all;
  }
}
