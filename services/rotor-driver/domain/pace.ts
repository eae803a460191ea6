import type { Track } from './arrival.ts';
import type { AxisTrack } from './axis-track.ts';
import { heldMs } from './plateau.ts';

/** Polls in mid-move: for progress, stalls and safety. */
const CRUISE_MS = 200;
/** Polls around the arrival. */
const FINE_MS = 15;
/** Polls that confirm a rest just begun. */
const CONFIRM_MS = 4.5;
const FRESH_REST_MS = 15;
/** Polls of a rotor that is being measured, on a link that takes no time. */
const KEEN_MS = 8;
/** Polls of a rotor that should have set off and has not. */
const WAITING_MS = 50;

/**
 * How long to wait before the next position query, milliseconds: until the predicted arrival, but no longer than 200 ms; then
 * quickly. Never quicker than twice the round trip: serial links choke.
 */
export function nextPollMs(track: Track, nowMs: number, roundTripMs: number): number {
  const axes = [track.azimuth, track.elevation];
  const byKinematics = track.expectedMs - (nowMs - track.startedMs);
  // Configured speeds may be wrong either way: what was seen so far counts too.
  const seen = Math.max(...axes.map((axis) => remainingMs(axis, nowMs)));
  const wished = () => {
    if (seen === 0) return axes.every((axis) => restedMs(axis) >= FRESH_REST_MS) ? FINE_MS : CONFIRM_MS;
    if (byKinematics > 0) return Math.max(1, Math.min(byKinematics, seen));
    // Later than it should be: approach the end in halves.
    return Number.isFinite(seen) ? Math.max(FINE_MS, seen / 2) : WAITING_MS;
  };
  return Math.max(2 * roundTripMs, Math.min(CRUISE_MS, wished()));
}

/** How long to wait before the next query of a rotator that is being measured: no longer than the link needs. */
export function keenPollMs(roundTripMs: number): number {
  return Math.max(KEEN_MS, 2 * roundTripMs);
}

/** Rest of the way at the speed so far, milliseconds; 0 on target; Infinity while no speed has been seen. */
function remainingMs(axis: AxisTrack, nowMs: number): number {
  const remainingDeg = Math.abs(axis.targetDeg - axis.lastDeg);
  if (remainingDeg <= 0.02) return 0;
  const travelledDeg = Math.abs(axis.lastDeg - axis.startDeg);
  if (travelledDeg < 0.05 || !axis.plateau) return Infinity;
  const lastMs = axis.plateau.lastMs;
  const msPerDeg = (lastMs - axis.startedMs) / travelledDeg;
  return Math.max(1, remainingDeg * msPerDeg - (nowMs - lastMs));
}

function restedMs(axis: AxisTrack): number {
  return axis.plateau ? heldMs(axis.plateau) : 0;
}
