import { SkyScanError } from '../base/errors.ts';
import { CUT_POINTS, type PatternCuts } from './pattern-cuts.ts';

/** A direction of NEC: x, y and z, which is up. */
type Direction = readonly [x: number, y: number, z: number];

interface Row {
  /** From the zenith, 0 to 180 degrees. */
  thetaDeg: number;
  /** From x towards y, 0 to below 360 degrees: against a compass. */
  phiDeg: number;
  gainDb: number;
}

const TITLE = 'RADIATION PATTERNS';
/**
 * Theta, phi, two components of the gain and the total; polarization, whose sense is empty where
 * there is no field; magnitude and phase of both components of the field.
 */
const ROW =
  /^\s*(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s.*?\s([\d.]+E[+-]?\d+)\s+(-?[\d.]+)\s+([\d.]+E[+-]?\d+)\s+(-?[\d.]+)\s*$/;
const FREQUENCY = /FREQUENCY\s*[:=]\s*([\d.]+(?:E[+-]?\d+)?)\s*MHZ/gi;
/** Between the values of a coarser table, nothing is known. */
const MAX_STEP_DEG = 5;
/** Of a cut. */
const MIN_ANGLES = 3;
/** Of a row, whose search takes the square of its length. */
const MAX_LINE = 400;
/** Directions of a grid, most of them unknown if a file has only cuts. */
const MAX_DIRECTIONS = 8_000_000;
/** NEC prints this for a power of 0. */
const NOTHING_DB = -999;
/** A power of 0 has no logarithm. */
const MIN_POWER = 1e-12;
const RAD = Math.PI / 180;

/**
 * Reads the tables RADIATION PATTERNS of an output of NEC-2 (nec2c): the principal cuts through the
 * direction of the highest total gain, great circles along the horizon (to the right) and along the
 * vertical (upwards). With the beam at the zenith, up is +x and right is +y. Angles without a gain
 * are NaN. Throws `invalid` with what does not fit.
 */
export function readNec(text: string): PatternCuts {
  const { rows, frequencyMhz } = tablesOf(text);
  const table = createTable(rows);
  const peak = rows.reduce((best, row) => (row.gainDb > best.gainDb ? row : best));
  if (peak.gainDb <= NOTHING_DB)
    throw new SkyScanError('invalid', `the highest total gain is ${peak.gainDb} dB: nothing is radiated`);
  const axes = axesAt(peak);
  const cut = (along: Direction) =>
    Array.from({ length: CUT_POINTS }, (_, deg) => {
      const power = table.powerAt(mixed(axes.forward, along, deg * RAD));
      return 10 * Math.log10(power) - peak.gainDb;
    });
  const cuts = { azimuthDb: cut(axes.right), elevationDb: cut(axes.up) };
  if (Object.values(cuts).every((gains) => gains.filter(Number.isFinite).length < MIN_ANGLES))
    throw new SkyScanError(
      'invalid',
      `the highest gain is at theta ${peak.thetaDeg} deg, phi ${peak.phiDeg} deg, and the table has no cut through it: its steps are ${table.step.theta} deg of theta and ${table.step.phi} deg of phi, at most ${MAX_STEP_DEG} deg are interpolated`,
    );
  return {
    name: '',
    ...cuts,
    gainDbi: peak.gainDb - (table.meanDb() ?? 0),
    frequencyMhz,
  };
}

/** The rows of all tables, which must be of one frequency. */
function tablesOf(text: string): { rows: Row[]; frequencyMhz: number | undefined } {
  const pieces = text.split(TITLE);
  if (pieces.length < 2)
    throw new SkyScanError('invalid', `an output of NEC has a table ${TITLE}, this file has none`);
  const frequencies = new Set<number>();
  let current: number | undefined;
  const rows: Row[] = [];
  pieces.forEach((piece, n) => {
    if (n > 0) {
      if (current !== undefined) frequencies.add(current);
      for (const row of rowsOf(piece)) rows.push(row);
    }
    for (const [, value] of piece.matchAll(FREQUENCY)) current = Number(value);
  });
  if (frequencies.size > 1)
    throw new SkyScanError(
      'invalid',
      `the file has patterns at ${frequencies.size} frequencies (${[...frequencies].join(', ')} MHz), a comparison needs one`,
    );
  if (!/RUN TIME/i.test(pieces.at(-1) ?? ''))
    throw new SkyScanError('invalid', 'the end (RUN TIME) is missing: the file is not complete');
  if (rows.length === 0) throw new SkyScanError('invalid', `the table ${TITLE} has no gains`);
  return { rows, frequencyMhz: [...frequencies][0] };
}

/**
 * The rows after a title, up to the first line below them that is none. Their fields have more
 * digits than their gains: the top of a beam is not flat.
 */
function rowsOf(piece: string): Row[] {
  const rows: (Row & { fieldDb: number })[] = [];
  for (const line of piece.split(/\r\n|\r|\n/)) {
    const found = line.length > MAX_LINE ? undefined : ROW.exec(line)?.slice(1).map(Number);
    if (!found) {
      if (rows.length > 0) break;
      continue;
    }
    const [theta = NaN, phi = NaN, , , gainDb = NaN, eTheta = NaN, , ePhi = NaN] = found;
    const fieldDb = 20 * Math.log10(Math.hypot(eTheta, ePhi));
    if (![theta, phi, gainDb].every(Number.isFinite) || Number.isNaN(fieldDb))
      throw new SkyScanError('invalid', `expected theta, phi, gains and fields, not ${line.trim()}`);
    rows.push({ ...rowAt(theta, phi, gainDb), fieldDb });
  }
  if (rows.length === 0) return [];
  const highest = rows.reduce((best, row) => (row.fieldDb > best.fieldDb ? row : best));
  const offsetDb = highest.gainDb - highest.fieldDb;
  return rows.map(({ fieldDb, ...row }) => ({ ...row, gainDb: Math.max(NOTHING_DB, fieldDb + offsetDb) }));
}

/** Cuts may go beyond the zenith: theta -10 is on the other side of it. */
function rowAt(theta: number, phi: number, gainDb: number): Row {
  const turned = ((theta % 360) + 360) % 360;
  const isBeyond = turned > 180;
  return {
    thetaDeg: rounded(isBeyond ? 360 - turned : turned),
    phiDeg: rounded((((phi + (isBeyond ? 180 : 0)) % 360) + 360) % 360) % 360,
    gainDb,
  };
}

/** Gains on a grid of theta and phi, interpolated. */
function createTable(rows: readonly Row[]) {
  const step = {
    theta: stepOf(
      'theta',
      rows.map(({ thetaDeg }) => thetaDeg),
      180,
    ),
    phi: stepOf(
      'phi',
      rows.map(({ phiDeg }) => phiDeg),
      360,
    ),
  };
  const firstPhi = rows[0]?.phiDeg ?? 0;
  const columnOf = (phiDeg: number) => snapped((phiDeg - firstPhi) / step.phi);
  const [top, bottom, columns] = [0, Math.round(180 / step.theta), Math.round(360 / step.phi)];
  if ((bottom + 1) * columns > MAX_DIRECTIONS)
    throw new SkyScanError(
      'invalid',
      `the steps of ${step.theta} deg of theta and ${step.phi} deg of phi make ${(bottom + 1) * columns} directions, at most ${MAX_DIRECTIONS} are read`,
    );
  const known = new Float64Array((bottom + 1) * columns).fill(NaN);
  const wrapped = (column: number) => ((column % columns) + columns) % columns;
  for (const { thetaDeg, phiDeg, gainDb } of rows) {
    const row = Math.round(thetaDeg / step.theta);
    const power = gainDb <= NOTHING_DB ? 0 : 10 ** (gainDb / 10);
    // The zenith and the nadir have any phi.
    if (row === top || row === bottom) known.fill(power, row * columns, (row + 1) * columns);
    else known[row * columns + wrapped(Math.round(columnOf(phiDeg)))] = power;
  }
  /** Beyond a pole, the table continues on the other side. */
  const at = (row: number, column: number) => {
    const isBeyond = row < top || row > bottom;
    const inside = row < top ? -row : row > bottom ? 2 * bottom - row : row;
    return known[inside * columns + wrapped(column + (isBeyond ? columns / 2 : 0))] ?? NaN;
  };
  return {
    step,
    /** NaN: not in the table. */
    powerAt([x, y, z]: Direction): number {
      const theta = snapped(Math.acos(Math.max(-1, Math.min(1, z))) / RAD / step.theta);
      const phi = theta === top || theta === bottom ? 0 : columnOf(Math.atan2(y, x) / RAD);
      const [row, column] = [Math.floor(theta), Math.floor(phi)];
      let sum = 0;
      neighbours(theta - row, step.theta).forEach((across, i) => {
        if (across !== 0)
          neighbours(phi - column, step.phi).forEach((along, j) => {
            if (along !== 0) sum += across * along * at(row + i - 1, column + j - 1);
          });
      });
      return Math.max(sum, MIN_POWER);
    },
    /** Mean gain over the sphere, dBi; undefined: the table does not have all of it. */
    meanDb(): number | undefined {
      if (Math.max(step.theta, step.phi) > MAX_STEP_DEG) return undefined;
      let [sum, weights] = [0, 0];
      for (let row = top; row <= bottom; row++) {
        const [theta, half] = [row * step.theta * RAD, (step.theta * RAD) / 2];
        const weight = Math.cos(Math.max(0, theta - half)) - Math.cos(Math.min(Math.PI, theta + half));
        for (let column = 0; column < columns; column++) sum += weight * at(row, column);
        weights += weight * columns;
      }
      return Number.isFinite(sum) ? 10 * Math.log10(sum / weights) : undefined;
    },
  };
}

/** The step of a grid that divides the range. Throws `invalid` if there is none. */
function stepOf(name: 'theta' | 'phi', all: readonly number[], rangeDeg: number): number {
  const values = [...new Set(all)].sort((a, b) => a - b);
  // Rows are counted from theta 0; a table may have one theta or phi only.
  const from = name === 'theta' && values[0] !== 0 ? [0, ...values] : values;
  const first = from[0] ?? 0;
  const steps = from.slice(1).map((value, k) => value - (from[k] ?? NaN));
  const step = rounded(steps.reduce((least, each) => Math.min(least, each), rangeDeg));
  const odd = [first + rangeDeg, ...from].find((value) => !isWhole((value - first) / step));
  if (odd === undefined) return step;
  throw new SkyScanError('invalid', `${name} has steps of ${step} deg, and ${odd} deg is between them`);
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-3;
}

function axesAt({ thetaDeg, phiDeg }: Row): { forward: Direction; right: Direction; up: Direction } {
  const theta = thetaDeg * RAD;
  // At the zenith, the antenna looks from the side of -x: up is +x.
  const phi = (thetaDeg === 0 ? 180 : phiDeg) * RAD;
  const [sin, cos] = [Math.sin(theta), Math.cos(theta)];
  return {
    forward: [sin * Math.cos(phi), sin * Math.sin(phi), cos],
    right: [Math.sin(phi), -Math.cos(phi), 0],
    up: [-cos * Math.cos(phi), -cos * Math.sin(phi), sin],
  };
}

function mixed(a: Direction, b: Direction, angle: number): Direction {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * a[0] + sin * b[0], cos * a[1] + sin * b[1], cos * a[2] + sin * b[2]];
}

function rounded(deg: number): number {
  return Math.round(deg * 1e6) / 1e6;
}

/** A position in steps, without the rounding errors of trigonometry. */
function snapped(steps: number): number {
  return isWhole(steps) ? Math.round(steps) : steps;
}

/** Weights of four neighbours (Catmull-Rom) at a share of a step. */
function neighbours(t: number, stepDeg: number): readonly number[] {
  if (t === 0) return [0, 1, 0, 0];
  if (stepDeg > MAX_STEP_DEG) return [NaN];
  return [
    (-t + 2 * t * t - t ** 3) / 2,
    (2 - 5 * t * t + 3 * t ** 3) / 2,
    (t + 4 * t * t - 3 * t ** 3) / 2,
    (-t * t + t ** 3) / 2,
  ];
}
