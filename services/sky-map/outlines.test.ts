import { createCanvas } from '@napi-rs/canvas';
import { PROJECTIONS } from '#contract/map-options';
import { expect, test } from 'vitest';
import { skyBounds } from '../../test/support/sky-bounds.ts';
import { drawPath } from './outlines.ts';
import { createProjection } from './projections.ts';
import { SkyMap } from './sky-map.ts';
import { fitView, toPixel } from './view.ts';

const SIZE = 400;

/** Whether something is drawn within six pixels of a direction: lines are dashed. */
function drawnWith(name: (typeof PROJECTIONS)[number], path: readonly (readonly [number, number])[]) {
  const context = createCanvas(SIZE, SIZE).getContext('2d');
  const projection = createProjection(name, new SkyMap(skyBounds()));
  const view = fitView(projection, { x: 0, y: 0, width: SIZE, height: SIZE });
  drawPath({ surface: context, projection, view, fontPx: 8 }, path);
  return (azimuthDeg: number, elevationDeg: number) => {
    const { x, y } = toPixel(view, projection.forward(azimuthDeg, elevationDeg));
    return context.getImageData(x - 6, y - 6, 13, 13).data.some((value) => value > 0);
  };
}

test.each(PROJECTIONS)('a path over the zenith continues on the other side: %s', (name) => {
  const isDrawn = drawnWith(name, [
    [40, 45],
    [40, 135],
    [100, 135],
  ]);
  expect([isDrawn(40, 60), isDrawn(220, 60), isDrawn(250, 45)]).toEqual([true, true, true]);
  // Neither a line across the map at the zenith nor the mirrored row.
  expect([isDrawn(130, 70), isDrawn(70, 45), isDrawn(310, 70)]).toEqual([false, false, false]);
});
