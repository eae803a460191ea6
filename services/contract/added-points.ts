/** At most this number of points is added to the grid of a scan. */
export const MAX_ADDED_POINTS = 5_000;
