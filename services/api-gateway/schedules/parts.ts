import type { ScanParts } from '../scans/start-scan.ts';
import type { PlaceOf } from '../sites/site-place.ts';

/** What schedules are run with. */
export interface ScheduleParts extends ScanParts {
  placeOf: PlaceOf;
  /** Time of the schedules, Unix milliseconds. */
  nowMs: () => number;
}
