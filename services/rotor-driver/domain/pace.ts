import type { Track } from './arrival.ts';
import { isOnTarget, type AxisTrack } from './axis-track.ts';
import { heldMs } from './plateau.ts';

/** Polls in mid-move: for progress, stalls and safety. */
const CRUISE_MS = 200;
/** Polls that confirm a rest just begun. */
const CONFIRM_MS = 4.5;
const FRESH_REST_MS = 15;
/** Polls of a rotor on target that is not certain to stay, and of one that settles. */
const RESTING_MS = 20;
const SETTLING_MS = 100;
/** Polls around the arrival: a part of the time that it is late. */
const QUICKEST_MS = 2;
const LATE_SHARE = 1 / 8;
const LATE_MS = 25;
/** A reading that was taken so shortly before the end of the settle time speaks for the end. */
const FRESH_MS = 15;
/** Polls of a rotor that is being measured, on a link that takes no time. */
const KEEN_MS = 8;
/** Polls of a rotor that should have set off and has not. */
const WAITING_MS = 50;
/** Moves whose lateness is remembered. */
const REMEMBERED = 4;

/**
 * How long to wait before the next position query, milliseconds: until the predicted arrival, but
 * no longer than 200 ms; then quickly. Never quicker than twice the round trip: serial links choke.
 */
export function nextPollMs(track: Track, nowMs: number, roundTripMs: number): number {
  return Math.max(2 * roundTripMs, Math.min(CRUISE_MS, wishedMs(track, nowMs)));
}

function wishedMs(track: Track, nowMs: number): number {
  const axes = [track.azimuth, track.elevation];
  const expectedMs = Math.max(...axes.map((axis) => axis.expectedEndMs)) - nowMs;
  // Configured speeds may be wrong either way: what was seen so far counts too.
  const seen = Math.max(...axes.map((axis) => remainingMs(axis, nowMs)));
  if (seen === 0) {
    const rested = Math.min(...axes.map(restedMs));
    // A rotor that came to rest early shows it: a step of its readback hides no more than the time
    // for a step.
    if (expectedMs > 0) return Math.max(CONFIRM_MS, Math.min(expectedMs, RESTING_MS));
    return rested >= FRESH_REST_MS ? RESTING_MS : CONFIRM_MS;
  }
  if (expectedMs > 0) return Math.max(1, Math.min(expectedMs, seen));
  // Later than it should be: approach the end in halves.
  const late = Math.min(LATE_MS, -expectedMs * LATE_SHARE);
  return Number.isFinite(seen) ? Math.max(QUICKEST_MS, late, seen / 2) : Math.max(late, WAITING_MS);
}

/**
 * How long to wait before the next query of a rotor that rests and settles until `dueMs`,
 * milliseconds; undefined: the last reading is so fresh that it speaks for the end of that time.
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

/**
 * How long to wait before the next query of a rotator that is being measured: no longer than the
 * link needs.
 */
export function keenPollMs(roundTripMs: number): number {
  return Math.max(KEEN_MS, 2 * roundTripMs);
}

/** How late moves were in the end, milliseconds, the last ones only. */
export type Lateness = readonly number[];

/** With one more move. */
export function learnLateness(before: Lateness, latenessMs: number): Lateness {
  return [...before, latenessMs].slice(-REMEMBERED);
}

/** How late a move will be at least, milliseconds: none of the last ones was less late. */
export function expectedLatenessMs(lateness: Lateness): number {
  return lateness.length === 0 ? 0 : Math.max(0, Math.min(...lateness));
}

/**
 * Rest of the way at the speed so far, milliseconds; 0 on target; Infinity while no speed has been
 * seen.
 */
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
  return axis.plateau ? heldMs(axis.plateau) : 0;
}
