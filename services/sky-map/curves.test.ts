import { createCanvas } from '@napi-rs/canvas';
import { expect, test } from 'vitest';
import { skyBounds } from '../../test/support/sky-bounds.ts';
import { drawCurveNames, drawCurves, type SkyCurve } from './curves.ts';
import { contains, overlaps } from './rectangles.ts';
import { createProjection } from './projections.ts';
import { SkyMap } from './sky-map.ts';
import { fitView, toPixel } from './view.ts';

const SIZE = 200;
const map = new SkyMap(skyBounds());

/** Whether something is drawn within two pixels of a direction. */
function drawnWith(name: 'polar' | 'rectangular', curves: readonly SkyCurve[]) {
  const context = createCanvas(SIZE, SIZE).getContext('2d');
  const projection = createProjection(name, map);
  const view = fitView(projection, { x: 0, y: 0, width: SIZE, height: SIZE });
  drawCurves({ surface: context, projection, view, fontPx: 8 }, curves);
  return (azimuthDeg: number, elevationDeg: number) => {
    const { x, y } = toPixel(view, projection.forward(azimuthDeg, elevationDeg));
    return context.getImageData(x - 2, y - 2, 5, 5).data.some((value) => value > 0);
  };
}

const line = (kind: string, ...azimuths: number[]): SkyCurve => ({
  kind,
  name: '',
  points: azimuths.map((azimuthDeg) => ({ azimuthDeg, elevationDeg: 30 })),
});

test.each(['belt', 'equatorial', 'something new'])('a line of %s follows its points', (kind) => {
  const isDrawn = drawnWith('polar', [line(kind, 90, 91, 92, 93, 94, 95)]);
  expect([isDrawn(92, 30), isDrawn(120, 30), isDrawn(92, 60)]).toEqual([true, false, false]);
});

test('a line through north does not cross a rectangular map', () => {
  const isDrawn = drawnWith('rectangular', [line('passes', 340, 350, 0, 10, 20)]);
  expect([isDrawn(345, 30), isDrawn(15, 30), isDrawn(180, 30)]).toEqual([true, true, false]);
});

test('names cover no other name and stay inside of the map', () => {
  const projection = createProjection('rectangular', map);
  const rect = { x: 0, y: 0, width: SIZE, height: SIZE };
  const view = fitView(projection, rect);
  const surface = createCanvas(SIZE, SIZE).getContext('2d');
  const long = Array.from({ length: 40 }, (_, k) => 10 + 5 * k);
  const curves = [
    { ...line('emitters', 110), name: 'Mast' },
    // Three more have space at the same place, on the other sides of it.
    ...['A', 'B', 'C', 'D'].map((name) => ({ ...line('emitters', 111), name })),
    // The middle of this line is there too.
    { ...line('belt', ...long), name: 'belt' },
  ];
  const pen = { surface, projection, view, fontPx: 8 };
  const names = drawCurveNames(pen, curves);
  expect(names).toHaveLength(5);
  for (const [k, name] of names.entries()) {
    expect(contains(rect, name)).toBe(true);
    expect(names.slice(0, k).filter((other) => overlaps(name, other))).toEqual([]);
  }
  expect(drawCurveNames(pen, curves, [rect])).toEqual([]);
});

test('a place is a mark', () => {
  const isDrawn = drawnWith('polar', [{ ...line('emitters', 180), name: 'Mast' }]);
  expect([isDrawn(180, 30), isDrawn(150, 30), isDrawn(0, 30)]).toEqual([true, false, false]);
});
