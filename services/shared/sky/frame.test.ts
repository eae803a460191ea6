import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDirectionAt, mountPointingsAt, pointingsAt, withinHalfTurnDeg } from './frame.ts';
import type { Pointing } from './pointing.ts';
import { degToRad } from './units.ts';

type Vector = [number, number, number];
const unit = ({ azimuthDeg, elevationDeg }: Pointing): Vector => {
  const [a, e] = [degToRad(azimuthDeg), degToRad(elevationDeg)];
  return [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
};
const dot = (a: Vector, b: Vector) => a.reduce((sum, each, i) => sum + each * (b[i] as number), 0);

/** The source in the coordinates of an antenna: along its axis, right, up. */
function inAntenna(pointing: Pointing, source: Pointing): Vector {
  const [a, e] = [degToRad(pointing.azimuthDeg), degToRad(pointing.elevationDeg)];
  const up: Vector = [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)];
  const right: Vector = [-Math.sin(a), Math.cos(a), 0];
  const s = unit(source);
  return [dot(s, unit(pointing)), dot(s, right), dot(s, up)];
}

const degrees = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('pointings at an offset from a source', () => {
  test('show the source at this offset of the antenna', () => {
    fc.assert(
      fc.property(
        degrees(-180, 180),
        degrees(-90, 90),
        degrees(0, 360),
        degrees(0, 89),
        (x, y, azimuthDeg, elevationDeg) => {
          const source = { azimuthDeg, elevationDeg };
          const found = pointingsAt({ azimuthDeg: x, elevationDeg: y }, source);
          const [cx, sx, cy, sy] = [
            Math.cos(degToRad(x)),
            Math.sin(degToRad(x)),
            Math.cos(degToRad(y)),
            Math.sin(degToRad(y)),
          ];
          expect(found.length > 0).toBe(Math.abs(cy * sx) <= Math.cos(degToRad(elevationDeg)) + 1e-9);
          for (const pointing of found) {
            const [along, right, up] = inAntenna(pointing, source);
            expect(along).toBeCloseTo(cy * cx, 6);
            expect(right).toBeCloseTo(-cy * sx, 6);
            expect(up).toBeCloseTo(-sy, 6);
            expect(Math.abs(pointing.azimuthDeg - azimuthDeg)).toBeLessThan(180.000001);
            expect(Math.abs(pointing.elevationDeg)).toBeLessThan(180.000001);
          }
        },
      ),
    );
  });

  test.each([
    ['at the source', [0, 0], [200, 30], [200, 30]],
    ['above it', [0, 5], [200, 30], [200, 35]],
    ['to its right, through north', [10, 0], [355, 0], [365, 0]],
    ['below the horizon', [0, -40], [200, 30], [200, -10]],
    ['turned over', [0, 80], [200, 30], [200, 110]],
    ['to its right: a great circle rises', [60, 0], [0, 20], [67.1619, 43.1602]],
  ] as const)('%s', (_name, [x, y], [sourceAz, sourceEl], [azimuthDeg, elevationDeg]) => {
    const [front] = pointingsAt(
      { azimuthDeg: x, elevationDeg: y },
      { azimuthDeg: sourceAz, elevationDeg: sourceEl },
    );
    expect(front?.azimuthDeg).toBeCloseTo(azimuthDeg, 3);
    expect(front?.elevationDeg).toBeCloseTo(elevationDeg, 3);
  });

  test('the opposite direction needs an elevation below the horizon, or a mount that turns over', () => {
    const found = pointingsAt({ azimuthDeg: 180, elevationDeg: 0 }, { azimuthDeg: 200, elevationDeg: 30 });
    expect(found.map(({ elevationDeg }) => Math.round(elevationDeg))).toEqual([-150, -30]);
    expect(found.map(({ azimuthDeg }) => Math.round(azimuthDeg))).toEqual([200, 380]);
  });

  test('no mount points aside of a source at the zenith', () => {
    const zenith = { azimuthDeg: 0, elevationDeg: 90 };
    expect(pointingsAt({ azimuthDeg: 10, elevationDeg: 0 }, zenith)).toEqual([]);
    expect(pointingsAt({ azimuthDeg: 0, elevationDeg: -10 }, zenith)[0]?.elevationDeg).toBeCloseTo(80, 6);
  });
});

test('offsets of the mount turn one axis', () => {
  const source = { azimuthDeg: 100, elevationDeg: 60 };
  expect(mountPointingsAt({ azimuthDeg: 5, elevationDeg: 0 }, source)[0]?.azimuthDeg).toBeCloseTo(110, 6);
  expect(mountPointingsAt({ azimuthDeg: 0, elevationDeg: -7 }, source)).toEqual([
    { azimuthDeg: 100, elevationDeg: 53 },
  ]);
  expect(mountPointingsAt({ azimuthDeg: 100, elevationDeg: 0 }, source)).toEqual([]);
});

test.each([
  [180, 180],
  [-180, 180],
  [181, -179],
  [-540, 180],
  [359, -1],
])('%d deg is %d deg within half a turn', (deg, expected) => {
  expect(withinHalfTurnDeg(deg)).toBe(expected);
});

test('elements that cannot be propagated are refused', () => {
  const place = { latitudeDeg: 52, longitudeDeg: 13, heightM: 0 };
  const elements = { OBJECT_NAME: 'BROKEN' } as never;
  expect(() => createDirectionAt({ kind: 'satellite', elements, place })).toThrow(
    'satellite BROKEN: its orbital elements cannot be propagated',
  );
});
