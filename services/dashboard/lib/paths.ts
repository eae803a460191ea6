/**
 * Where the page was loaded from, without a slash at its end: a proxy may serve it under a path of
 * its own.
 */
export function pageBase({ origin, pathname }: Pick<Location, 'origin' | 'pathname'> = location): string {
  return origin + pathname.replace(/\/[^/]*$/, '');
}

// Where the API tells what a page needs first.

/** The newest sessions. */
export const NEWEST_SESSIONS = '/api/skyscan/sessions?limit=30';

export const ROTORS = '/api/rotors';

export function sessionPath(id: number): string {
  return `/api/skyscan/${id}`;
}

/** `withPath`: with the path of the rotor, which the orchestrator has to plan. */
export function planPath(id: number, withPath: boolean): string {
  return `/api/skyscan/${id}/plan${withPath ? '' : '?path=false'}`;
}

/** The columnar stream of the points after the first `afterSeq`. */
export function measurementsPath(id: number, afterSeq: number): string {
  return `/api/skyscan/${id}/measurements?format=columnar&after_seq=${afterSeq}`;
}
