// Where the API tells what a page needs first.

/** The newest sessions. */
export const NEWEST_SESSIONS = '/api/skyscan/sessions?limit=30';

export const ROTORS = '/api/rotors';

export function sessionPath(id: number): string {
  return `/api/skyscan/${id}`;
}

export function planPath(id: number): string {
  return `/api/skyscan/${id}/plan`;
}

/** The columnar stream of the points after the first `afterSeq`. */
export function measurementsPath(id: number, afterSeq: number): string {
  return `/api/skyscan/${id}/measurements?format=columnar&after_seq=${afterSeq}`;
}
