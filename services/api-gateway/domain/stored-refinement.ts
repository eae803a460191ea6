/** The points that were added to a grid. */
export interface StoredRefinement {
  /** Azimuth and elevation, degrees. */
  points: [number, number][];
  note: string;
}
