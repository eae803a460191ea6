import { SESSION_STATUSES, type SessionStatus } from '#contract/session-status';

/** Filters and page of the session list. */
export interface ListQuery {
  status: SessionStatus | undefined;
  rotorId: number | undefined;
  /** Counts from 1. */
  page: number;
}

/** Sessions per page. */
export const PAGE_SIZE = 24;

const MAX_PAGE = 1_000_000;

/** Parses the query of the address; ignores invalid values. */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const page = parseId(query.get('page'));
  return {
    status: SESSION_STATUSES.find((status) => status === query.get('status')),
    rotorId: parseId(query.get('rotor')),
    page: Math.min(MAX_PAGE, page ?? 1),
  };
}

/** The API path of a page. Requests one extra session to detect a next page. */
export function listPath({ status, rotorId, page }: ListQuery) {
  const query = new URLSearchParams({
    limit: String(PAGE_SIZE + 1),
    offset: String((page - 1) * PAGE_SIZE),
  });
  if (status !== undefined) query.set('status', status);
  if (rotorId !== undefined) query.set('rotor_id', String(rotorId));
  return `/api/skyscan/sessions?${query.toString()}` as const;
}

/** The sessions selected for comparison after one is ticked or unticked: at most the two latest. */
export function updateSelection(selected: readonly number[], id: number, ticked: boolean): number[] {
  const others = selected.filter((other) => other !== id);
  return ticked ? [...others, id].slice(-2) : others;
}

/** Parses a positive integer of at most 10 digits; undefined for anything else. */
export function parseId(text: string | null | undefined): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
