import type { Pointing } from '#shared/sky/pointing';
import { degToRad, radToDeg } from '#shared/sky/units';
import { cosAngle } from './sphere.ts';

/** The power pattern of an antenna around its axis. */
export type Beam = RoundBeam | BeamTable;

/** A Gaussian main lobe with side lobes of the same height in every direction. */
export interface RoundBeam {
  /** Half-power beam width, degrees. */
  hpbwDeg: number;
  /** Gain of the side lobes relative to the axis, dB (negative). */
  sideLobeDb: number;
}

/** A measured or computed pattern. Between its angles the gain in dB is linear. */
export interface BeamTable {
  /** Angles off the axis, rising from 0 to 180 degrees. */
  offAxisDeg: readonly number[];
  /**
   * Directions around the axis, rising within 0 to 360 degrees: 0 is right of the axis (rising
   * azimuth), 90 is above it.
   */
  rollDeg: readonly number[];
  /** Gain relative to the axis, dB: a row for each roll. */
  gainDb: readonly (readonly number[])[];
}

/** Power gain towards a direction relative to that on the axis; 1 is full. */
export function beamGain(beam: Beam, axis: Pointing, at: Pointing): number {
  const offAxisDeg = radToDeg(Math.acos(Math.min(1, Math.max(-1, cosAngle(axis, at)))));
  return 'hpbwDeg' in beam ? roundGain(beam, offAxisDeg) : tableGain(beam, offAxisDeg, rollDeg(axis, at));
}

/**
 * G = exp(-4 ln 2 (theta / HPBW)^2), the Gaussian beam of radio astronomy (Condon and Ransom,
 * Essential Radio Astronomy, section 3.3), never below the side lobes.
 */
function roundGain({ hpbwDeg, sideLobeDb }: RoundBeam, offAxisDeg: number): number {
  const mainLobe = Math.exp(-4 * Math.LN2 * (offAxisDeg / hpbwDeg) ** 2);
  const floor = 10 ** (sideLobeDb / 10);
  return floor + (1 - floor) * mainLobe;
}

/** Position angle of a direction around the axis; see `BeamTable.rollDeg`. */
function rollDeg(axis: Pointing, at: Pointing): number {
  const elAxis = degToRad(axis.elevationDeg);
  const el = degToRad(at.elevationDeg);
  const azimuth = degToRad(at.azimuthDeg - axis.azimuthDeg);
  const right = Math.cos(el) * Math.sin(azimuth);
  const up = Math.sin(el) * Math.cos(elAxis) - Math.cos(el) * Math.sin(elAxis) * Math.cos(azimuth);
  return (radToDeg(Math.atan2(up, right)) + 360) % 360;
}

function tableGain(
  { offAxisDeg, rollDeg: rolls, gainDb }: BeamTable,
  thetaDeg: number,
  phiDeg: number,
): number {
  const off = intervalOf(offAxisDeg, thetaDeg);
  const around = roundIntervalOf(rolls, phiDeg);
  const along = (row: number) => {
    const gains = gainDb[row] as readonly number[];
    return mix(gains[off.low] as number, gains[off.high] as number, off.share);
  };
  return 10 ** (mix(along(around.low), along(around.high), around.share) / 10);
}

interface Interval {
  /** Indices of the values on either side. */
  low: number;
  high: number;
  /** 0 at the lower one, 1 at the upper one. */
  share: number;
}

/** The values on either side; beyond the ends, the last one. */
function intervalOf(values: readonly number[], value: number): Interval {
  const next = values.findIndex((each) => each > value);
  if (next === 0) return { low: 0, high: 0, share: 0 };
  if (next < 0) return { low: values.length - 1, high: values.length - 1, share: 0 };
  const below = values[next - 1] as number;
  return { low: next - 1, high: next, share: (value - below) / ((values[next] as number) - below) };
}

/** The same on a circle: the first value follows the last one. */
function roundIntervalOf(values: readonly number[], value: number): Interval {
  const last = values.length - 1;
  const [first, end] = [values[0] as number, values[last] as number];
  if (value >= first && value < end) return intervalOf(values, value);
  const gap = first + 360 - end;
  return { low: last, high: 0, share: gap === 0 ? 0 : ((value - end + 360) % 360) / gap };
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
