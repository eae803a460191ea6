import { SkyScanError } from '../base/errors.ts';
import { CUT_POINTS, oneLine, type PatternCuts, type PatternFacts } from './pattern-cuts.ts';

/** Gain of a half-wave dipole over an isotropic antenna. */
const DIPOLE_DBI = 2.15;

/**
 * An antenna as MSI Planet reads it (.msi, .pln): attenuations at 360 angles of both cuts,
 * clockwise in azimuth, and downwards from the horizon in elevation.
 */
export function writeMsi(cuts: PatternCuts, facts: PatternFacts = {}): string {
  const { name, azimuthDb, elevationDb, gainDbi, frequencyMhz } = cuts;
  const { azimuthWidthDeg, elevationWidthDeg, frontToBackDb } = facts;
  const line = (tag: string, value: number | undefined, unit = '') =>
    value === undefined ? [] : [`${tag} ${value.toFixed(2)}${unit}`];
  return [
    `NAME ${oneLine(name)}`,
    ...line('FREQUENCY', frequencyMhz),
    ...line('H_WIDTH', azimuthWidthDeg),
    ...line('V_WIDTH', elevationWidthDeg),
    ...line('FRONT_TO_BACK', frontToBackDb),
    ...line('GAIN', gainDbi, ' dBi'),
    'TILT 0',
    'COMMENT Angles are relative to the beam axis',
    `HORIZONTAL ${CUT_POINTS}`,
    ...azimuthDb.map((gain, deg) => `${deg} ${attenuation(gain)}`),
    `VERTICAL ${CUT_POINTS}`,
    ...azimuthDb.map((_, deg) => `${deg} ${attenuation(elevationDb[upwards(deg)] ?? NaN)}`),
    '',
  ].join('\r\n');
}

/** Throws `invalid` with the line that does not fit. */
export function readMsi(text: string): PatternCuts {
  const lines = text.split(/\r\n|\r|\n/);
  const found: PatternCuts = {
    name: '',
    azimuthDb: [],
    elevationDb: [],
    gainDbi: undefined,
    frequencyMhz: undefined,
  };
  for (let at = 0; at < lines.length; at++) {
    const [tag = '', ...rest] = (lines[at] ?? '').trim().split(/\s+/);
    const value = rest.join(' ');
    if (tag === 'NAME') found.name = value;
    else if (tag === 'FREQUENCY') found.frequencyMhz = numberOf(rest[0], at);
    else if (tag === 'GAIN') found.gainDbi = gainOf(rest, at);
    else if (tag === 'HORIZONTAL' || tag === 'VERTICAL') {
      const losses = lossesOf(lines, at + 1, numberOf(rest[0], at));
      if (tag === 'HORIZONTAL') found.azimuthDb = losses.map((loss) => 0 - loss);
      else found.elevationDb = losses.map((_, deg) => 0 - (losses[upwards(deg)] ?? NaN));
      at += losses.length;
    }
  }
  if (found.azimuthDb.length === 0 || found.elevationDb.length === 0)
    throw new SkyScanError('invalid', 'an MSI file needs HORIZONTAL and VERTICAL with 360 lines each');
  return found;
}

/** Between angles that grow upwards and downwards. */
function upwards(deg: number): number {
  return (CUT_POINTS - deg) % CUT_POINTS;
}

function attenuation(gainDb: number): string {
  return (0 - gainDb).toFixed(2);
}

/** dBd, unless the unit says otherwise. */
function gainOf([value, unit = '']: readonly string[], at: number): number {
  return numberOf(value, at) + (unit.toLowerCase() === 'dbi' ? 0 : DIPOLE_DBI);
}

function lossesOf(lines: readonly string[], from: number, count: number): number[] {
  if (count !== CUT_POINTS)
    throw new SkyScanError('invalid', `line ${from}: a cut has ${count} angles, not ${CUT_POINTS}`);
  return Array.from({ length: count }, (_, deg) => {
    const [angle, loss] = (lines[from + deg] ?? '').trim().split(/\s+/);
    if (numberOf(angle, from + deg) !== deg)
      throw new SkyScanError('invalid', `line ${from + deg + 1}: expected the angle ${deg}, not ${angle}`);
    return numberOf(loss, from + deg);
  });
}

function numberOf(text: string | undefined, at: number): number {
  const value = Number(text === '' ? NaN : text);
  if (Number.isFinite(value)) return value;
  throw new SkyScanError('invalid', `line ${at + 1}: ${text ?? 'nothing'} is not a number`);
}
