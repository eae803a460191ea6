import type { RefineSettings } from './refine-settings.ts';

/** The points that were added to a grid. */
export interface StoredRefinement {
  /** Azimuth and elevation, degrees. */
  points: [number, number][];
  note: string;
}

/** The added points of a session for its map; undefined if there are none. */
export function addedOf(session: {
  refine: Pick<RefineSettings, 'step_deg'> | null;
  refined: StoredRefinement | null;
}): { stepDeg: number; points: StoredRefinement['points'] } | undefined {
  const { refine, refined } = session;
  return refine && refined ? { stepDeg: refine.step_deg, points: refined.points } : undefined;
}
