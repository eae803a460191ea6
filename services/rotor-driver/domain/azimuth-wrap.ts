import type { TravelLimits } from '#shared/sky/pointing';

/**
 * Maps the azimuths that a controller reports to unwrapped ones: azimuth = reported + 360 * turns.
 * Zero turns for a controller that counts past 360 degrees; a GS-232 reports 350 for -10.
 */
export interface AzimuthWrap {
  readonly turns: number;
  /** The controller reports 0 to 360: it jumped by a turn that the rotator cannot have made. */
  readonly wraps: boolean;
  /**
   * Whether the turn is certain; false: no longer, because the rotator was moved by other means;
   * absent: never certain.
   */
  readonly known?: boolean | undefined;
  readonly last?: { readonly reportedDeg: number; readonly atMs: number } | undefined;
}

/** The state stored for a restart: the unwrapped azimuth and the target of a move in progress. */
export interface SavedAzimuthWrap {
  azimuthDeg: number;
  towardsDeg?: number | undefined;
}

/** The azimuth axis of a rotator. */
export interface AzimuthAxis {
  travel: Pick<TravelLimits, 'azMinDeg' | 'azMaxDeg'>;
  speedDegPerS: number;
}

export const UNKNOWN_WRAP: AzimuthWrap = { turns: 0, wraps: false };

// As in plausibility.ts: configured speeds may be wrong by this factor; small jumps are accepted.
const SPEED_FACTOR = 4;
const FREE_JUMP_DEG = 10;
const TURN_DEG = 360;

/** The unwrapped azimuth; as reported while the turn is unknown. */
export function unwrappedAzimuthDeg(wrap: AzimuthWrap): number {
  return (wrap.last?.reportedDeg ?? 0) + TURN_DEG * wrap.turns;
}

/**
 * The wrap after a reading, by continuity: a change that the motor can have made is accepted as
 * reported; an impossible jump is corrected by a whole turn where that explains it. A reading
 * outside the travel is corrected by a turn too, if that puts it inside.
 */
export function nextWrap(
  wrap: AzimuthWrap,
  reportedDeg: number,
  atMs: number,
  axis: AzimuthAxis,
): AzimuthWrap {
  const last = { reportedDeg, atMs };
  // A controller that counts past 360 degrees needs no unwrapping.
  if (!isWrapped(reportedDeg)) return { ...UNKNOWN_WRAP, known: true, last };
  const fitting = turnsInTravel(reportedDeg, axis);
  const [only] = fitting;
  const followed = wrapByContinuity(wrap, reportedDeg, atMs, axis);
  // If only one turn fits, it is certain; if none fits, no correction is possible.
  if (fitting.length === 1 && only !== undefined)
    return { turns: only, wraps: wrap.wraps || only !== 0, known: true, last };
  if (fitting.length === 0 || fitting.includes(followed.turns)) return { ...followed, last };
  return { turns: turnsIntoTravel(reportedDeg, 0, axis), wraps: true, known: false, last };
}

function wrapByContinuity(
  wrap: AzimuthWrap,
  reportedDeg: number,
  atMs: number,
  axis: AzimuthAxis,
): AzimuthWrap {
  if (!wrap.last) return { ...wrap, turns: turnsIntoTravel(reportedDeg, wrap.turns, axis) };
  const beforeDeg = unwrappedAzimuthDeg(wrap);
  const seconds = Math.max(0, atMs - wrap.last.atMs) / 1000;
  const reachDeg = FREE_JUMP_DEG + SPEED_FACTOR * axis.speedDegPerS * seconds;
  const jumpDeg = (turns: number) => Math.abs(reportedDeg + TURN_DEG * turns - beforeDeg);
  const nearest = wrap.turns + Math.round((beforeDeg - reportedDeg - TURN_DEG * wrap.turns) / TURN_DEG);
  const countsPast360 = !isWrapped(wrap.last.reportedDeg);
  const isAsReported = countsPast360 || (jumpDeg(wrap.turns) <= reachDeg && !wrap.wraps);
  // Neither the motor nor a wrap explains the jump: turned by hand, or the count is lost.
  if (jumpDeg(nearest) > reachDeg && !isAsReported) return { ...wrap, known: false };
  if (nearest === wrap.turns || isAsReported) return wrap;
  return isInTravel(reportedDeg + TURN_DEG * nearest, axis) ? { ...wrap, turns: nearest, wraps: true } : wrap;
}

/** The turns that put a reported azimuth inside the travel: azimuth = reported + 360 * turn. */
export function turnsInTravel(reportedDeg: number, axis: Pick<AzimuthAxis, 'travel'>): number[] {
  return [-2, -1, 0, 1, 2].filter((turns) => isInTravel(reportedDeg + TURN_DEG * turns, axis));
}

/** The wrap with a turn that a person has set. */
export function wrapAtTurn(wrap: AzimuthWrap, turns: number): AzimuthWrap {
  return { ...wrap, turns, wraps: wrap.wraps || turns !== 0, known: true };
}

/** Whether two reported azimuths are the same direction. */
export function isSameDirection(reportedDeg: number, otherDeg: number): boolean {
  const deg = Math.abs(reportedDeg - otherDeg) % TURN_DEG;
  return Math.min(deg, TURN_DEG - deg) <= FREE_JUMP_DEG;
}

/**
 * The wrap after a restart: the saved one if the reported azimuth agrees with it, or else unknown.
 */
export function restoredWrap(saved: SavedAzimuthWrap, reportedDeg: number, axis: AzimuthAxis): AzimuthWrap {
  const { azimuthDeg, towardsDeg = azimuthDeg } = saved;
  const lowestDeg = Math.min(azimuthDeg, towardsDeg) - FREE_JUMP_DEG;
  const highestDeg = Math.max(azimuthDeg, towardsDeg) + FREE_JUMP_DEG;
  const fits = turnsInTravel(reportedDeg, axis).filter((turns) => {
    const deg = reportedDeg + TURN_DEG * turns;
    return deg >= lowestDeg && deg <= highestDeg;
  });
  const [turns] = fits;
  return fits.length === 1 && turns !== undefined ? { turns, wraps: true, known: true } : UNKNOWN_WRAP;
}

/**
 * The wrap after a move of a controller that reports its position only at rest: the only turn
 * between start and target; undefined for several or none.
 */
export function wrapAfterHiddenMove(
  wrap: AzimuthWrap,
  reportedDeg: number,
  towardsDeg: number,
  axis: AzimuthAxis,
): AzimuthWrap | undefined {
  if (!isWrapped(reportedDeg)) return undefined;
  const { turns, known } = restoredWrap(
    { azimuthDeg: unwrappedAzimuthDeg(wrap), towardsDeg },
    reportedDeg,
    axis,
  );
  return known ? { turns, wraps: wrap.wraps || turns !== wrap.turns, known: wrap.known } : undefined;
}

/**
 * The wrap in which a stopped rotator is on target: its controller cannot report the target and
 * reports the same direction a turn away. Undefined if the rotator is not on target in any turn.
 */
export function wrapOnTarget(
  wrap: AzimuthWrap,
  targetDeg: number,
  toleranceDeg: number,
): AzimuthWrap | undefined {
  const reportedDeg = wrap.last?.reportedDeg;
  if (reportedDeg === undefined || !isWrapped(reportedDeg) || wrap.known === true) return undefined;
  if (isWrapped(targetDeg) && wrap.known !== false) return undefined;
  const turns = Math.round((targetDeg - reportedDeg) / TURN_DEG);
  const isOff = Math.abs(reportedDeg + TURN_DEG * turns - targetDeg) > toleranceDeg + 1e-9;
  return isOff || turns === wrap.turns ? undefined : { ...wrap, turns, wraps: true };
}

/**
 * The wrap in which a rotator that moves away from its target moves towards it: the turn was
 * unknown, and the controller takes the much shorter direction. Undefined if no turn explains the
 * motion: then another client or the hand control moves the rotator.
 */
export function wrapTowardsTarget(
  wrap: AzimuthWrap,
  startDeg: number,
  targetDeg: number,
  travel: AzimuthAxis['travel'],
): AzimuthWrap | undefined {
  const reportedDeg = wrap.last?.reportedDeg;
  if (reportedDeg === undefined || !isWrapped(reportedDeg) || wrap.known === true) return undefined;
  if (wrap.wraps && wrap.known !== false) return undefined;
  const moved = Math.sign(unwrappedAzimuthDeg(wrap) - startDeg);
  const moveDeg = targetDeg - startDeg;
  if (moved === 0 || moved === Math.sign(moveDeg)) return undefined;
  const turns = [wrap.turns - 1, wrap.turns + 1].find((other) => {
    const deg = reportedDeg + TURN_DEG * other;
    const restDeg = targetDeg - deg;
    const isShorter = Math.abs(restDeg) < Math.min(TURN_DEG / 2, Math.abs(moveDeg));
    return isShorter && Math.sign(restDeg) === moved && isInTravel(deg, { travel });
  });
  return turns === undefined ? undefined : { ...wrap, turns, wraps: true };
}

function turnsIntoTravel(reportedDeg: number, turns: number, axis: AzimuthAxis): number {
  if (isInTravel(reportedDeg + TURN_DEG * turns, axis)) return turns;
  return [-1, 1].find((other) => isInTravel(reportedDeg + TURN_DEG * other, axis)) ?? turns;
}

// A resting rotator may read a little beyond its stop.
function isInTravel(deg: number, { travel }: Pick<AzimuthAxis, 'travel'>): boolean {
  return deg >= travel.azMinDeg - 2 && deg <= travel.azMaxDeg + 2;
}

function isWrapped(deg: number): boolean {
  return deg >= 0 && deg <= TURN_DEG;
}
