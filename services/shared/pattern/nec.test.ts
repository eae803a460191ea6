import { expect, test } from 'vitest';
import { readNec } from './nec.ts';

// The form of nec2c's output; pattern-nec.test has its real one.

const HEADER = `                               --------- FREQUENCY --------
                                FREQUENCY : 1.4200E+03 MHz

                             ---------- RADIATION PATTERNS -----------

 ---- ANGLES -----     ----- POWER GAINS -----       ---- POLARIZATION ----   ---- E(THETA) ----    ----- E(PHI) ------
  THETA      PHI       VERTC    HORIZ    TOTAL       AXIAL      TILT  SENSE   MAGNITUDE    PHASE    MAGNITUDE     PHASE
 DEGREES   DEGREES        DB       DB       DB       RATIO   DEGREES            VOLTS/M   DEGREES     VOLTS/M   DEGREES
`;
const END = '\n\n  TOTAL RUN TIME: 0 msec\n';
const RAD = Math.PI / 180;

function rowOf(theta: number, phi: number, gainDb: number): string {
  // The sense of polarization is empty where there is no field.
  const sense = gainDb < -50 ? '      ' : 'LINEAR';
  const field = (10 ** (gainDb / 20)).toExponential(4).toUpperCase();
  const columns = [theta.toFixed(2), phi.toFixed(2), '-999.99', gainDb.toFixed(2), gainDb.toFixed(2)];
  return ` ${columns.join('    ')}      0.0000     -90.00 ${sense}  0.0000E+00      0.00  ${field}    166.57`;
}

/** A beam of 40 degrees towards a direction, with less gain to the right of it, and below. */
function gainAt(theta: number, phi: number, beam: { theta: number; phi: number }): number {
  const [a, b] = [theta * RAD, beam.theta * RAD];
  const cosine = Math.cos(a) * Math.cos(b) + Math.sin(a) * Math.sin(b) * Math.cos((phi - beam.phi) * RAD);
  const offset = Math.acos(Math.max(-1, Math.min(1, cosine))) / RAD;
  const right = Math.sin(a) * Math.sin((beam.phi - phi) * RAD);
  const below = Math.cos(b) * Math.sin(a) * Math.cos((phi - beam.phi) * RAD) - Math.sin(b) * Math.cos(a);
  return 12 - (12 * offset ** 2) / 40 ** 2 / 4 - 5 * Math.max(0, right) - 2 * Math.max(0, below);
}

function tableOf(thetas: number[], phis: number[], beam = { theta: 90, phi: 0 }): string {
  const rows = phis.flatMap((phi) => thetas.map((theta) => rowOf(theta, phi, gainAt(theta, phi, beam))));
  return HEADER + rows.join('\n');
}

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, k) => from + k * step);
}

const WHOLE = tableOf(range(0, 180, 2), range(0, 360, 2)) + END;

test('the principal cuts go through the highest gain; phi turns against a compass', () => {
  const cuts = readNec(WHOLE);
  expect(cuts.frequencyMhz).toBe(1420);
  expect([cuts.azimuthDb[0], cuts.elevationDb[0]]).toEqual([0, 0]);
  // To the right is phi -30, with 5 dB sin 30 less.
  const lossDb = (12 * 30 ** 2) / 40 ** 2 / 4;
  expect(cuts.azimuthDb[30]).toBeCloseTo(-lossDb - 2.5, 2);
  expect(cuts.azimuthDb[330]).toBeCloseTo(-lossDb, 2);
  expect(cuts.elevationDb[30]).toBeCloseTo(-lossDb, 2);
  // 30 degrees beyond the zenith, on the other side of it.
  expect(cuts.elevationDb[120]).toBeCloseTo(-(12 * 120 ** 2) / 40 ** 2 / 4, 2);
  // Between the rows of the table.
  expect(cuts.azimuthDb[331]).toBeCloseTo(-(12 * 29 ** 2) / 40 ** 2 / 4, 2);
});

test('the gain of a whole sphere is the directivity', () => {
  // An isotropic antenna with losses: its gain is -3 dBi everywhere, its directivity 0 dBi.
  const rows = range(0, 355, 5).flatMap((phi) => range(0, 180, 5).map((theta) => rowOf(theta, phi, -3)));
  expect(readNec(HEADER + rows.join('\n') + END).gainDbi).toBeCloseTo(0, 6);
  const half = tableOf(range(0, 90, 2), range(0, 358, 2), { theta: 60, phi: 0 }) + END;
  expect(readNec(half).gainDbi).toBeCloseTo(12, 2);
});

test('a beam that is not at the horizon has its azimuth cut along its great circle', () => {
  const beam = { theta: 60, phi: 40 };
  const cuts = readNec(tableOf(range(0, 180, 2), range(0, 358, 2), beam) + END);
  // 60 degrees to the left are at an elevation of asin(0.5 cos 60).
  const left = -(12 * 60 ** 2) / 40 ** 2 / 4;
  expect(Math.abs((cuts.azimuthDb[300] ?? NaN) - left)).toBeLessThan(0.05);
});

test('two tables, one for each cut, are one pattern', () => {
  const elevation = range(-180, 180, 1).map((theta) =>
    rowOf(theta, 0, gainAt(Math.abs(theta), theta < 0 ? 180 : 0, { theta: 90, phi: 0 })),
  );
  const two = `${HEADER}${elevation.join('\n')}\n\n${tableOf([90], range(0, 359, 1))}${END}`;
  const [one, whole] = [readNec(two), readNec(WHOLE)];
  for (const cut of ['azimuthDb', 'elevationDb'] as const)
    for (const deg of [0, 10, 90, 180, 270, 350])
      expect(one[cut][deg]).toBeCloseTo(whole[cut][deg] ?? NaN, 1);
});

test('a table of one cut leaves the other one unknown', () => {
  const cuts = readNec(tableOf(range(0, 180, 1), [0]) + END);
  expect(cuts.elevationDb[30]).toBeLessThan(0);
  expect(cuts.elevationDb[120]).toBeNaN();
  expect(cuts.azimuthDb[30]).toBeNaN();
});

test.each([
  ['without a table', 'NAME x', 'this file has none'],
  ['that is cut off', WHOLE.slice(0, WHOLE.length / 2), 'not complete'],
  ['without rows', HEADER + END, 'has no gains'],
  [
    'with two frequencies',
    WHOLE + WHOLE.replace('1.4200E+03', '4.3200E+02'),
    '2 frequencies (1420, 432 MHz)',
  ],
  ['with an irregular grid', tableOf([0, 30, 47], [0]) + END, 'theta has steps of 17 deg'],
  [
    'that misses the beam',
    tableOf([40, 90], [0, 90], { theta: 70, phi: 30 }).replace(/^ 40.*/m, '') + END,
    'theta',
  ],
  ['with tiny steps', tableOf([0, 0.01], [0, 0.01]) + END, 'at most 8000000 are read'],
  ['that radiates nothing', HEADER + rowOf(90, 0, -999.99) + END, 'nothing is radiated'],
])('an output %s is refused', (_, text, reason) => {
  expect(() => readNec(text)).toThrow(
    expect.objectContaining({ kind: 'invalid', message: expect.stringContaining(reason) as string }),
  );
});
