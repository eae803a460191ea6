import type { Track } from './arrival.ts';
import { isOnTarget, type AxisTrack } from './axis-track.ts';
import { plateauMs } from './plateau.ts';

/** In mid-move, to detect progress, stalls and unexpected motion. */
const CRUISE_MS = 200;
/** To confirm that the axis has come to rest. */
const CONFIRM_MS = 4.5;
const FRESH_REST_MS = 15;
/** On target before the expected end, and while the mount settles. */
const RESTING_MS = 20;
const SETTLING_MS = 100;
/** After the expected end: a share of the lateness. */
const MIN_POLL_MS = 2;
const LATE_SHARE = 1 / 8;
const LATE_MS = 25;
/** A reading this close to the end of the settle time confirms the end. */
const FRESH_MS = 15;
/** During a measurement, on a fast link. */
const FAST_POLL_MS = 8;
/** While the rotor has not started to move. */
const WAITING_MS = 50;
/** How many moves the lateness is learnt from. */
const LATENESS_WINDOW = 4;

/**
 * Time until the next position query, milliseconds: until the predicted arrival, at most 200 ms,
 * then short. At least twice the round trip, so as not to overload serial links.
 */
export function nextPollMs(track: Track, nowMs: number, roundTripMs: number): number {
  return Math.max(2 * roundTripMs, Math.min(CRUISE_MS, preferredPollMs(track, nowMs)));
}

function preferredPollMs(track: Track, nowMs: number): number {
  const axes = [track.azimuth, track.elevation];
  const expectedMs = Math.max(...axes.map((axis) => axis.expectedEndMs)) - nowMs;
  // Configured speeds may be wrong in either direction: the observed speed counts too.
  const seen = Math.max(...axes.map((axis) => remainingMs(axis, nowMs)));
  if (seen === 0) {
    const rested = Math.min(...axes.map(restedMs));
    // An early rest is visible: the readback hides at most the time for one step.
    if (expectedMs > 0) return Math.max(CONFIRM_MS, Math.min(expectedMs, RESTING_MS));
    return rested >= FRESH_REST_MS ? RESTING_MS : CONFIRM_MS;
  }
  if (expectedMs > 0) return Math.max(1, Math.min(expectedMs, seen));
  // Late: poll at half of the predicted remaining time.
  const late = Math.min(LATE_MS, -expectedMs * LATE_SHARE);
  return Number.isFinite(seen) ? Math.max(MIN_POLL_MS, late, seen / 2) : Math.max(late, WAITING_MS);
}

/**
 * Time until the next query of a rotor that settles until `dueMs`, milliseconds; undefined: the
 * last reading is recent enough to confirm the end.
 */
export function nextSettlePollMs(
  lastMs: number,
  dueMs: number,
  nowMs: number,
  roundTripMs: number,
): number | undefined {
  const freshMs = Math.max(FRESH_MS, 3 * roundTripMs);
  if (lastMs >= dueMs - freshMs) return undefined;
  return Math.max(0, Math.min(SETTLING_MS, dueMs - (2 * freshMs) / 3 - nowMs));
}

/** Time until the next query during a measurement, milliseconds: as short as the link allows. */
export function fastPollMs(roundTripMs: number): number {
  return Math.max(FAST_POLL_MS, 2 * roundTripMs);
}

/** The lateness of the last moves, milliseconds. */
export type Lateness = readonly number[];

/** Adds one move. */
export function learnLateness(before: Lateness, latenessMs: number): Lateness {
  return [...before, latenessMs].slice(-LATENESS_WINDOW);
}

/** The least lateness of the last moves, milliseconds. */
export function expectedLatenessMs(lateness: Lateness): number {
  return lateness.length === 0 ? 0 : Math.max(0, Math.min(...lateness));
}

/** Remaining time at the observed speed, milliseconds; 0 on target; Infinity without a speed. */
function remainingMs(axis: AxisTrack, nowMs: number): number {
  if (isOnTarget(axis)) return 0;
  const remainingDeg = Math.abs(axis.targetDeg - axis.lastDeg);
  const travelledDeg = Math.abs(axis.lastDeg - axis.startDeg);
  if (travelledDeg < 0.05 || !axis.plateau) return Infinity;
  const lastMs = axis.plateau.lastMs;
  const msPerDeg = (lastMs - axis.startedMs) / travelledDeg;
  return Math.max(1, remainingDeg * msPerDeg - (nowMs - lastMs));
}

function restedMs(axis: AxisTrack): number {
  return axis.plateau ? plateauMs(axis.plateau) : 0;
}
