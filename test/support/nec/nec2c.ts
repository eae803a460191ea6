import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NecAntenna } from './antennas.ts';

/** A pattern of NEC: power gains, by theta and phi in whole degrees. */
export interface NecTable {
  /** Of directions 0..180 x 0..359, row by row; from the electric fields, of five digits. */
  power: Float64Array;
  /** Highest total gain over the average of the whole sphere, dBi, as NEC prints both. */
  directivityDbi: number;
}

const PHIS = 360;
/** Of a wavelength of 1 m. */
export const NEC_FREQUENCY_HZ = 299_792_458;

/** The far field of an antenna, computed by nec2c of Debian. */
export function runNec2c(antenna: NecAntenna): NecTable {
  return parseNec(nec2cOutput(antenna));
}

/** What nec2c writes about an antenna. */
export function nec2cOutput({ geometry, program }: NecAntenna): string {
  const isHalf = program.some((card) => card.startsWith('GN'));
  const deck = [
    'CE',
    ...geometry,
    isHalf ? 'GE 1' : 'GE 0',
    `FR 0 1 0 0 ${NEC_FREQUENCY_HZ / 1e6} 0`,
    ...program,
    `RP 0 ${isHalf ? 91 : 181} 361 1001 0 0 1 1`,
    'EN',
  ];
  const folder = mkdtempSync(join(tmpdir(), 'sky-scan-nec-'));
  try {
    writeFileSync(join(folder, 'deck.nec'), `${deck.join('\n')}\n`);
    execFileSync('nec2c', ['-i', 'deck.nec', '-o', 'deck.out'], { cwd: folder });
    return readFileSync(join(folder, 'deck.out'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Parses RADIATION PATTERNS of nec2c for phi 0 to 360 and theta from 0 in steps of 1 degree. */
function parseNec(text: string): NecTable {
  const power = new Float64Array(181 * PHIS);
  let maxGainDb = -Infinity;
  let lines = 0;
  // The column of the sense of polarization is empty where there is no field.
  const row =
    /^ *([\d.]+) +([\d.]+) +(-?[\d.]+) +(-?[\d.]+) +(-?[\d.]+) +.*? ([\d.E+-]+) +(-?[\d.]+) +([\d.E+-]+) +(-?[\d.]+) *$/;
  for (const line of text.slice(text.indexOf('RADIATION PATTERNS')).split('\n')) {
    const found = row.exec(line)?.slice(1).map(Number);
    if (!found) continue;
    const [theta = 0, phi = 0, , , total = NaN, eTheta = NaN, , ePhi = NaN] = found;
    lines++;
    maxGainDb = Math.max(maxGainDb, total);
    if (phi < PHIS) power[theta * PHIS + phi] = eTheta ** 2 + ePhi ** 2;
  }
  const average = /AVERAGE POWER GAIN: *([\d.E+-]+) .*AVERAGING: \(\+?([\d.]+)\)\*PI/.exec(text);
  if (lines === 0 || !average) throw new Error(`nec2c has computed no pattern: ${text.slice(-500)}`);
  // The average is that of the computed directions, which may be half of the sphere.
  const mean = (Number(average[1]) * Number(average[2])) / 4;
  return { power, directivityDbi: maxGainDb - 10 * Math.log10(mean) };
}

/** Cubic interpolation (Catmull-Rom) of a table; theta and phi in degrees. */
export function powerAt({ power }: NecTable, theta: number, phi: number): number {
  const [row, column] = [Math.floor(theta), Math.floor(phi)];
  const [across, along] = [cubic(theta - row), cubic(phi - column)];
  let sum = 0;
  for (let i = -1; i <= 2; i++)
    for (let j = -1; j <= 2; j++)
      sum += (across[i + 1] ?? 0) * (along[j + 1] ?? 0) * tableValue(power, row + i, column + j);
  return Math.max(0, sum);
}

/** Beyond a pole, the table continues on the other side. */
function tableValue(power: Float64Array, row: number, column: number): number {
  const isBeyond = row < 0 || row > 180;
  const theta = row < 0 ? -row : row > 180 ? 360 - row : row;
  const phi = (((column + (isBeyond ? 180 : 0)) % PHIS) + PHIS) % PHIS;
  return power[theta * PHIS + phi] ?? NaN;
}

function cubic(t: number): number[] {
  return [
    (-t + 2 * t * t - t ** 3) / 2,
    (2 - 5 * t * t + 3 * t ** 3) / 2,
    (t + 4 * t * t - 3 * t ** 3) / 2,
    (-t * t + t ** 3) / 2,
  ];
}
