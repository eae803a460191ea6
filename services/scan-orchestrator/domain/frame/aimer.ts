import {
  mountPointingsAt,
  pointingsAt,
  withinHalfTurnDeg,
  type DirectionAt,
  type Frame,
} from '#shared/sky/frame';
import { slewSeconds, type RotorMotion } from '#shared/sky/kinematics';
import {
  axisDistanceDeg,
  formatDeg,
  outsideLimits,
  type Pointing,
  type TravelLimits,
} from '#shared/sky/pointing';
import type { Routes } from '#shared/sky/routes';
import type { Grid } from '../grid.ts';

/** What decides where a rotor points for an offset from a source. */
export interface AimParts {
  grid: Pick<Grid, 'bounds' | 'pointing'>;
  frame: Frame;
  directionAt: DirectionAt;
  limits: TravelLimits;
  routes: Pick<Routes, 'refusal'>;
  motion: RotorMotion;
  /** From the end of a move to the middle of the reads, seconds. */
  untilMiddleSeconds: number;
  /** Why a pointing is too near the Sun; undefined: it is not, or may be. */
  nearSun: ((pointing: Pointing, unixMs: number) => string | undefined) | undefined;
}

/** The cable turn in which the rotor follows the source. */
export interface CableTurn {
  /** An azimuth of the source, unwrapped. */
  nearDeg: number;
}

/** An unwrapped setpoint, or why there is none. */
export type Aim = Pointing | { refusal: string };

export interface Aimer {
  /** For reads with their middle at a time. */
  at(cell: number, unixMs: number, turn: CableTurn): Aim;
  /** For a move that starts now: the source moves on until the middle of the reads. */
  from(cell: number, start: Pointing, unixMs: number, turn: CableTurn): Aim;
}

const HORIZON_DEG = 0;
/** Moves of a slow rotor to a fast satellite need a third step. */
const MOST_STEPS = 4;
const SAME_DEG = 1e-3;

export function createAimer(parts: AimParts): Aimer {
  const { grid, frame, directionAt, limits, routes, motion, untilMiddleSeconds, nearSun } = parts;
  const pointings = grid.bounds.kind === 'cross' ? mountPointingsAt : pointingsAt;

  function at(cell: number, unixMs: number, { nearDeg }: CableTurn): Aim {
    const source = directionAt(unixMs);
    if (isHidden(frame, source)) return { refusal: `${frame.name} is below the horizon` };
    const offset = grid.pointing(cell);
    // Unwrapped: the source may pass through north.
    const unwrapped = {
      azimuthDeg: nearDeg + withinHalfTurnDeg(source.azimuthDeg - nearDeg),
      elevationDeg: source.elevationDeg,
    };
    let [outside, hidden]: (string | undefined)[] = [];
    for (const pointing of pointings(offset, unwrapped).flatMap((each) => turnsOf(each, limits))) {
      const beyond = outsideLimits(pointing, limits);
      outside ??= beyond;
      if (beyond !== undefined) continue;
      const reason = routes.refusal(pointing) ?? nearSun?.(pointing, unixMs);
      if (reason === undefined) return pointing;
      hidden ??= reason;
    }
    // Of two pointings, the one that the mount reaches says more.
    return { refusal: hidden ?? outside ?? `the mount cannot point ${describe(offset)} at this elevation` };
  }

  return {
    at,
    from(cell, start, unixMs, turn) {
      let aim = at(cell, unixMs + untilMiddleSeconds * 1000, turn);
      for (let step = 0; step < MOST_STEPS && !('refusal' in aim); step++) {
        const seconds = slewSeconds(start, aim, motion) + untilMiddleSeconds;
        const next = at(cell, unixMs + seconds * 1000, turn);
        const isSame = !('refusal' in next) && axisDistanceDeg(aim, next) < SAME_DEG;
        aim = next;
        if (isSame) break;
      }
      return aim;
    },
  };
}

/** A direction that does not change may be that of a mast below the antenna. */
export function isHidden({ source }: Frame, { elevationDeg }: Pointing): boolean {
  return source.kind !== 'fixed' && elevationDeg < HORIZON_DEG;
}

/** The same pointing in the turns of the cable within the limits, the nearest one first. */
function turnsOf(pointing: Pointing, { azMinDeg, azMaxDeg }: TravelLimits): Pointing[] {
  const others = [360, -360, 720, -720].map((turn) => pointing.azimuthDeg + turn);
  const inside = others.filter((azimuthDeg) => azimuthDeg >= azMinDeg && azimuthDeg <= azMaxDeg);
  return [pointing, ...inside.map((azimuthDeg) => ({ ...pointing, azimuthDeg }))];
}

function describe({ azimuthDeg, elevationDeg }: Pointing): string {
  return `${formatDeg(azimuthDeg)} deg to the right and ${formatDeg(elevationDeg)} deg up of a source`;
}
