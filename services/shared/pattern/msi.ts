import { SkyScanError } from '../base/errors.ts';
import { CUT_POINTS, oneLine, type PatternCuts, type PatternFacts } from './pattern-cuts.ts';

/** Gain of a half-wave dipole over an isotropic antenna. */
const DIPOLE_DBI = 2.15;
/** Between angles that are further apart, nothing is known. */
const MAX_STEP_DEG = 5;
const MIN_ANGLES = CUT_POINTS / MAX_STEP_DEG;
/** Steps of 0.1 degrees, with both ends. */
const MAX_ANGLES = 10 * CUT_POINTS + 1;
const NUMBER = String.raw`(\d+(?:\.\d+)?)`;
const FREQUENCY = new RegExp(`^${NUMBER}(?:\\s*(?:-|/|to)\\s*${NUMBER})?\\s*(hz|khz|mhz|ghz)?$`);
const UNITS_MHZ = { hz: 1e-6, khz: 1e-3, mhz: 1, ghz: 1e3 } as const;

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

/**
 * Angles may be any that rise and are not far apart: gains at whole degrees are linear in dB
 * between them. A range of frequencies counts as its middle. Throws `invalid` with the line that
 * does not fit.
 */
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
    else if (tag === 'FREQUENCY') found.frequencyMhz = frequencyOf(value, at);
    else if (tag === 'GAIN') found.gainDbi = gainOf(rest, at);
    else if (tag === 'HORIZONTAL' || tag === 'VERTICAL') {
      const count = numberOf(rest[0], at);
      const losses = wholeLosses(lossesOf(lines, at + 1, count), at);
      if (tag === 'HORIZONTAL') found.azimuthDb = losses.map((loss) => 0 - loss);
      else found.elevationDb = losses.map((_, deg) => 0 - (losses[upwards(deg)] ?? NaN));
      at += count;
    }
  }
  if (found.azimuthDb.length === 0 || found.elevationDb.length === 0)
    throw new SkyScanError(
      'invalid',
      'an MSI file needs HORIZONTAL and VERTICAL, each followed by its angles and losses',
    );
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

/** MHz, unless a unit says otherwise; the middle of a range such as `806-960`. */
function frequencyOf(text: string, at: number): number | undefined {
  if (text === '') return undefined;
  const [, from, to, unit = 'mhz'] = FREQUENCY.exec(text.toLowerCase()) ?? [];
  const factor = UNITS_MHZ[unit as keyof typeof UNITS_MHZ];
  if (from === undefined)
    throw new SkyScanError(
      'invalid',
      `line ${at + 1}: the frequency ${text} is not a number or a range of numbers in MHz, kHz, Hz or GHz`,
    );
  return ((Number(from) + Number(to ?? from)) / 2) * factor;
}

interface Loss {
  angleDeg: number;
  lossDb: number;
}

function lossesOf(lines: readonly string[], from: number, count: number): Loss[] {
  if (!Number.isInteger(count) || count < MIN_ANGLES || count > MAX_ANGLES)
    throw new SkyScanError(
      'invalid',
      `line ${from}: a cut has ${count} angles, it must have ${MIN_ANGLES} to ${MAX_ANGLES}`,
    );
  let previous = -Infinity;
  return Array.from({ length: count }, (_, k) => {
    const at = from + k;
    const [angle, loss] = (lines[at] ?? '').trim().split(/\s+/);
    const angleDeg = numberOf(angle, at);
    if (!(angleDeg > previous && angleDeg >= 0 && angleDeg <= CUT_POINTS))
      throw new SkyScanError(
        'invalid',
        `line ${at + 1}: the angle ${angle} deg does not rise, or is not in 0..${CUT_POINTS}`,
      );
    previous = angleDeg;
    return { angleDeg, lossDb: numberOf(loss, at) };
  });
}

/** At whole degrees; `at`: the line of the cut. Throws for angles that are too far apart. */
function wholeLosses(losses: readonly Loss[], at: number): number[] {
  // 360 degrees repeat 0.
  const circle = losses.filter(({ angleDeg }) => angleDeg < CUT_POINTS);
  const first = circle[0];
  const last = circle.at(-1);
  if (!first || !last)
    throw new SkyScanError('invalid', `line ${at + 1}: a cut without angles below 360 deg`);
  const whole = [
    { ...last, angleDeg: last.angleDeg - CUT_POINTS },
    ...circle,
    { ...first, angleDeg: first.angleDeg + CUT_POINTS },
  ];
  let next = 1;
  return Array.from({ length: CUT_POINTS }, (_, deg) => {
    while ((whole[next]?.angleDeg ?? Infinity) < deg) next++;
    const [before, after] = [whole[next - 1] ?? last, whole[next] ?? first];
    if (after.angleDeg === deg) return after.lossDb;
    const apartDeg = after.angleDeg - before.angleDeg;
    if (apartDeg > MAX_STEP_DEG)
      throw new SkyScanError(
        'invalid',
        `line ${at + 1}: the cut has no angles between ${before.angleDeg} and ${after.angleDeg} deg, at most ${MAX_STEP_DEG} deg may be between two`,
      );
    return before.lossDb + ((after.lossDb - before.lossDb) * (deg - before.angleDeg)) / apartDeg;
  });
}

function numberOf(text: string | undefined, at: number): number {
  const value = Number(text === '' ? NaN : text);
  if (Number.isFinite(value)) return value;
  throw new SkyScanError('invalid', `line ${at + 1}: ${text ?? 'nothing'} is not a number`);
}
