import type { TravelLimits } from '#shared/sky/pointing';

/**
 * How the azimuths that a controller says lie in the frame of the cable: azimuth = said + 360 *
 * turns. Zero turns for a controller that counts on beyond north; a GS-232 says 350 for -10.
 */
export interface Frame {
  readonly turns: number;
  /** It was seen to jump by a whole turn where the rotator cannot have done so. */
  readonly wraps: boolean;
  /**
   * Whether the turn is certain; false: it was, or seemed so, and something has moved the rotator
   * since; absent: never certain.
   */
  readonly known?: boolean | undefined;
  readonly last?: { readonly saidDeg: number; readonly atMs: number } | undefined;
}

/**
 * What is kept of a frame over a restart: where the rotator was, in the frame of the cable, and
 * where it was sent.
 */
export interface KeptFrame {
  azimuthDeg: number;
  towardsDeg?: number | undefined;
}

export interface Mount {
  travel: Pick<TravelLimits, 'azMinDeg' | 'azMaxDeg'>;
  speedDegPerS: number;
}

export const UNKNOWN_FRAME: Frame = { turns: 0, wraps: false };

// As plausible.ts: configured speeds may be wrong by a factor, small jumps are not worth a thought.
const SPEED_FACTOR = 4;
const FREE_JUMP_DEG = 10;
const TURN_DEG = 360;

/** The azimuth in the frame of the cable; as it was said while nothing is known. */
export function azimuthIn(frame: Frame): number {
  return (frame.last?.saidDeg ?? 0) + TURN_DEG * frame.turns;
}

/**
 * Takes in what the controller says, by continuity: what the rotator can have done since the last
 * reading is believed as it is said; a jump that it cannot have made is a whole turn less when that
 * explains it. A reading outside the travel that is inside by a turn is a turn off too, whatever
 * was known before.
 */
export function nextFrame(frame: Frame, saidDeg: number, atMs: number, mount: Mount): Frame {
  const last = { saidDeg, atMs };
  // A controller that counts past 360 degrees needs no unwrapping.
  if (!isWrapped(saidDeg)) return { ...UNKNOWN_FRAME, known: true, last };
  const fitting = turnsInTravel(saidDeg, mount);
  const [only] = fitting;
  const followed = followedFrame(frame, saidDeg, atMs, mount);
  // Where only one turn fits there is nothing to guess; where none does, nothing to correct.
  if (fitting.length === 1 && only !== undefined)
    return { turns: only, wraps: frame.wraps || only !== 0, known: true, last };
  if (fitting.length === 0 || fitting.includes(followed.turns)) return { ...followed, last };
  return { turns: turnsIntoTravel(saidDeg, 0, mount), wraps: true, known: false, last };
}

function followedFrame(frame: Frame, saidDeg: number, atMs: number, mount: Mount): Frame {
  if (!frame.last) return { ...frame, turns: turnsIntoTravel(saidDeg, frame.turns, mount) };
  const beforeDeg = azimuthIn(frame);
  const seconds = Math.max(0, atMs - frame.last.atMs) / 1000;
  const reachDeg = FREE_JUMP_DEG + SPEED_FACTOR * mount.speedDegPerS * seconds;
  const jumpDeg = (turns: number) => Math.abs(saidDeg + TURN_DEG * turns - beforeDeg);
  const nearest = frame.turns + Math.round((beforeDeg - saidDeg - TURN_DEG * frame.turns) / TURN_DEG);
  const countsOn = !isWrapped(frame.last.saidDeg);
  const asSaid = countsOn || (jumpDeg(frame.turns) <= reachDeg && !frame.wraps);
  // Neither the motor nor a turn explains it: it was turned by hand, or has lost its count.
  if (jumpDeg(nearest) > reachDeg && !asSaid) return { ...frame, known: false };
  if (nearest === frame.turns || asSaid) return frame;
  return isInTravel(saidDeg + TURN_DEG * nearest, mount) ? { ...frame, turns: nearest, wraps: true } : frame;
}

/** The turns in which what a controller says is inside the travel: azimuth = said + 360 * turn. */
export function turnsInTravel(saidDeg: number, mount: Pick<Mount, 'travel'>): number[] {
  return [-2, -1, 0, 1, 2].filter((turns) => isInTravel(saidDeg + TURN_DEG * turns, mount));
}

/** The frame of a rotator whose turn somebody has told. */
export function frameAtTurn(frame: Frame, turns: number): Frame {
  return { ...frame, turns, wraps: frame.wraps || turns !== 0, known: true };
}

/** Whether two readings of a controller are the same place, whatever was done between. */
export function isSamePlace(saidDeg: number, otherDeg: number): boolean {
  const deg = Math.abs(saidDeg - otherDeg) % TURN_DEG;
  return Math.min(deg, TURN_DEG - deg) <= FREE_JUMP_DEG;
}

/**
 * The frame after a restart: the kept one, when what the controller says now fits what is kept;
 * else an unknown one.
 */
export function resumedFrame(kept: KeptFrame, saidDeg: number, mount: Mount): Frame {
  const { azimuthDeg, towardsDeg = azimuthDeg } = kept;
  const lowestDeg = Math.min(azimuthDeg, towardsDeg) - FREE_JUMP_DEG;
  const highestDeg = Math.max(azimuthDeg, towardsDeg) + FREE_JUMP_DEG;
  const fits = turnsInTravel(saidDeg, mount).filter((turns) => {
    const deg = saidDeg + TURN_DEG * turns;
    return deg >= lowestDeg && deg <= highestDeg;
  });
  const [turns] = fits;
  return fits.length === 1 && turns !== undefined ? { turns, wraps: true, known: true } : UNKNOWN_FRAME;
}

/**
 * The frame after a move of a controller that reports its position only at rest: the only turn that
 * lies between the start and the target. Undefined: there are several, or none.
 */
export function frameAfterHiddenMove(
  frame: Frame,
  saidDeg: number,
  towardsDeg: number,
  mount: Mount,
): Frame | undefined {
  if (!isWrapped(saidDeg)) return undefined;
  const { turns, known } = resumedFrame({ azimuthDeg: azimuthIn(frame), towardsDeg }, saidDeg, mount);
  return known ? { turns, wraps: frame.wraps || turns !== frame.turns, known: frame.known } : undefined;
}

/**
 * The frame in which a rotator that does not move any further is on target: its controller cannot
 * say the target, and says the same direction a whole turn off. Undefined when it is not on target
 * in any frame.
 */
export function frameOnTarget(frame: Frame, targetDeg: number, toleranceDeg: number): Frame | undefined {
  const saidDeg = frame.last?.saidDeg;
  if (saidDeg === undefined || !isWrapped(saidDeg) || frame.known === true) return undefined;
  if (isWrapped(targetDeg) && frame.known !== false) return undefined;
  const turns = Math.round((targetDeg - saidDeg) / TURN_DEG);
  const isOff = Math.abs(saidDeg + TURN_DEG * turns - targetDeg) > toleranceDeg + 1e-9;
  return isOff || turns === frame.turns ? undefined : { ...frame, turns, wraps: true };
}

/**
 * The frame in which a rotator that runs the wrong way runs the right one: nobody knew how its
 * cable lies, and it takes the way that is shorter by far. Undefined when it runs the wrong way in
 * every frame: then somebody else drives it.
 */
export function frameAhead(
  frame: Frame,
  startDeg: number,
  targetDeg: number,
  travel: Mount['travel'],
): Frame | undefined {
  const saidDeg = frame.last?.saidDeg;
  if (saidDeg === undefined || !isWrapped(saidDeg) || frame.known === true) return undefined;
  if (frame.wraps && frame.known !== false) return undefined;
  const moved = Math.sign(azimuthIn(frame) - startDeg);
  const wayDeg = targetDeg - startDeg;
  if (moved === 0 || moved === Math.sign(wayDeg)) return undefined;
  const turns = [frame.turns - 1, frame.turns + 1].find((other) => {
    const deg = saidDeg + TURN_DEG * other;
    const restDeg = targetDeg - deg;
    const isShorter = Math.abs(restDeg) < Math.min(TURN_DEG / 2, Math.abs(wayDeg));
    return isShorter && Math.sign(restDeg) === moved && isInTravel(deg, { travel });
  });
  return turns === undefined ? undefined : { ...frame, turns, wraps: true };
}

function turnsIntoTravel(saidDeg: number, turns: number, mount: Mount): number {
  if (isInTravel(saidDeg + TURN_DEG * turns, mount)) return turns;
  return [-1, 1].find((other) => isInTravel(saidDeg + TURN_DEG * other, mount)) ?? turns;
}

// A resting rotator may read a little beyond its stop.
function isInTravel(deg: number, { travel }: Pick<Mount, 'travel'>): boolean {
  return deg >= travel.azMinDeg - 2 && deg <= travel.azMaxDeg + 2;
}

function isWrapped(deg: number): boolean {
  return deg >= 0 && deg <= TURN_DEG;
}
