import { SESSION_STATUSES, type SessionStatus } from '#contract/session-status';

/** What of the list is shown. */
export interface ListQuery {
  status: SessionStatus | undefined;
  rotorId: number | undefined;
  /** From 1. */
  page: number;
}

/** Sessions on a page. */
export const PAGE_SIZE = 24;

const MOST_PAGES = 1_000_000;

/** Reads the query of the address; what makes no sense counts as not given. */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const page = wholeNumber(query.get('page'));
  return {
    status: SESSION_STATUSES.find((status) => status === query.get('status')),
    rotorId: wholeNumber(query.get('rotor')),
    page: Math.min(MOST_PAGES, page ?? 1),
  };
}

/** Asks for one session more than a page holds: that is how the next page is known of. */
export function listPath({ status, rotorId, page }: ListQuery): string {
  const query = new URLSearchParams({
    limit: String(PAGE_SIZE + 1),
    offset: String((page - 1) * PAGE_SIZE),
  });
  if (status !== undefined) query.set('status', status);
  if (rotorId !== undefined) query.set('rotor_id', String(rotorId));
  return `/api/skyscan/sessions?${query}`;
}

/**
 * The two that are compared after another one is ticked or unticked: of three the first gives way.
 */
export function choose(chosen: readonly number[], id: number, ticked: boolean): number[] {
  const others = chosen.filter((other) => other !== id);
  return ticked ? [...others, id].slice(-2) : others;
}

/** An id of the address, or of another field of it: a positive whole number. */
export function wholeNumber(text: string | null | undefined): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
