import { degToRad } from '#shared/sky/units';
import { angleBetween, dot, tangentPlaneAt, type Vector } from './sphere.ts';

/** Side lobes reach `levelDb` up to this distance from the axis. */
interface SideLobe {
  /** In units of the beam width. */
  withinBeamWidths: number;
  /** Relative to the axis, negative. */
  levelDb: number;
}

/** A side lobe of the antenna, in a cut of its pattern. */
export interface MeasuredLobe {
  /** Of the lobe from the axis of the beam, degrees; one of them is 0. */
  rightDeg: number;
  upDeg: number;
  /** Relative to the axis, negative. */
  levelDb: number;
}

/**
 * Side lobes of common antennas: -13 dB is the first one of an aperture without taper (Kraus and
 * Marhefka, Antennas), which a Yagi or a helix hardly exceeds; the others are weaker.
 */
const TYPICAL: readonly SideLobe[] = [
  { withinBeamWidths: 3, levelDb: -13 },
  { withinBeamWidths: 8, levelDb: -20 },
];
/** From the peak of a measured lobe, in beam widths: lobes are about as wide as the beam. */
const REACH = 0.5;
/** A level in a map has the errors of both sources and of the step of its grid. */
const MARGIN_DB = 2;

/**
 * The highest level, relative to `other`, that a side lobe towards it has when the beam points at
 * `at`; undefined: there is none.
 */
export function sideLobeDb(
  at: Vector,
  other: Vector,
  beamWidth: number,
  measured: readonly MeasuredLobe[],
): number | undefined {
  const distance = angleBetween(at, other) / beamWidth;
  const typical = TYPICAL.find(({ withinBeamWidths }) => distance <= withinBeamWidths);
  const seen = fromBeam(at, other);
  const near = measured.filter((lobe) => angleBetween(seen, directionOf(lobe)) <= REACH * beamWidth);
  const all = near.map(({ levelDb }) => levelDb + MARGIN_DB);
  if (typical) all.push(typical.levelDb);
  return all.length === 0 ? undefined : Math.max(...all);
}

/** A direction as a beam that points at `at` has it: right, forward, up. */
function fromBeam(at: Vector, direction: Vector): Vector {
  const { right, up } = tangentPlaneAt(at);
  return [dot(direction, right), dot(direction, at), dot(direction, up)];
}

function directionOf({ rightDeg, upDeg }: MeasuredLobe): Vector {
  const [right, up] = [degToRad(rightDeg), degToRad(upDeg)];
  return [Math.sin(right) * Math.cos(up), Math.cos(right) * Math.cos(up), Math.sin(up)];
}
