/** What something was identified as. */
export interface Identified {
  /** Name of the accepted candidate; null: none. */
  identity: string | null;
  candidates: readonly { name: string; kind: string }[];
}

/** Objects whose appearance is no news. */
const KNOWN: readonly string[] = ['sun', 'moon', 'satellite', 'low_satellite', 'geostationary', 'emitter'];
/** Of these, the ones that are elsewhere in the next session. */
const MOVING: readonly string[] = ['sun', 'moon', 'satellite', 'low_satellite'];

function isOf(kinds: readonly string[], { identity, candidates }: Identified): boolean {
  return candidates.some(({ name, kind }) => name === identity && kinds.includes(kind));
}

/** Whether it was identified as Sun, Moon, satellite or emitter. */
export function isKnownObject(of: Identified): boolean {
  return isOf(KNOWN, of);
}

/**
 * Whether the change may enter the baseline: a user has marked its entry in the catalogue as known,
 * and it stays where it is.
 */
export function mayBecomeUsual(isMarked: boolean, of: Identified): boolean {
  return isMarked && !isOf(MOVING, of);
}
