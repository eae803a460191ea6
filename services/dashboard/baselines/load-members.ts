import type { BaselineSession } from '#contract/rest/baselines';
import type { Api } from '../lib/api.ts';

const PAGE = 500;
/** A session every 4 hours for a year. */
const MAX_PAGES = 5;

/** The sessions of a baseline, the newest first. Throws `ApiError`, or the signal's reason. */
export async function loadMembers(api: Api, id: number, signal: AbortSignal): Promise<BaselineSession[]> {
  const all: BaselineSession[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const last = all.at(-1)?.session_id;
    const before = last === undefined ? '' : (`&before_id=${last}` as const);
    const found = await api.get(`/api/baselines/${id}/sessions?limit=${PAGE}${before}`, signal);
    all.push(...found);
    if (found.length < PAGE) break;
  }
  return all;
}
