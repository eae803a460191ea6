/**
 * Base URL of the page without a trailing slash. A proxy may serve the page under a path prefix.
 */
export function pageBase({ origin, pathname }: Pick<Location, 'origin' | 'pathname'> = location): string {
  return origin + pathname.replace(/\/[^/]*$/, '');
}

// Paths of the API.

/** The newest sessions. */
export const NEWEST_SESSIONS = '/api/skyscan/sessions?limit=30';

export const ROTORS = '/api/rotors';

export function sessionPath(id: number) {
  return `/api/skyscan/${id}` as const;
}

/** `withPath`: includes the path of the rotor, which the orchestrator computes. */
export function planPath(id: number, withPath: boolean) {
  return `/api/skyscan/${id}/plan${withPath ? '' : '?path=false'}` as const;
}

/** The columnar stream of the points with `seq` > `afterSeq`. */
export function measurementsPath(id: number, afterSeq: number): string {
  return `/api/skyscan/${id}/measurements?format=columnar&after_seq=${afterSeq}`;
}
