import { PROJECTIONS } from '#contract/map-options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GridBounds } from '#shared/sky/grid-shape';
import { separationDeg } from '#shared/sky/pointing';
import { skyBounds } from '../../test/support/sky-bounds.ts';
import { createProjection } from './projections.ts';
import { SkyMap } from './sky-map.ts';
import { fitView, fromPixel, keepInView, panView, toPixel, zoomView } from './view.ts';

const sky = (change: Partial<GridBounds> = {}) => new SkyMap(skyBounds(change));
const rect = { x: 30, y: 10, width: 400, height: 300 };

describe('projections', () => {
  it.each(PROJECTIONS)('invert exactly: %s', (name) => {
    fc.assert(
      fc.property(
        fc.double({ min: -180, max: 540, noNaN: true }),
        fc.double({ min: 0, max: 89.9, noNaN: true }),
        fc.integer({ min: -180, max: 180 }),
        (azimuthDeg, elevationDeg, azStartDeg) => {
          const projection = createProjection(name, sky({ azStartDeg, azEndDeg: azStartDeg + 360 }));
          const { x, y } = projection.forward(azimuthDeg, elevationDeg);
          const back = { azimuthDeg: projection.azimuthAt(x, y), elevationDeg: projection.elevationAt(x, y) };
          expect(back.azimuthDeg).toBeGreaterThanOrEqual(0);
          expect(back.azimuthDeg).toBeLessThanOrEqual(360);
          expect(separationDeg(back, { azimuthDeg, elevationDeg })).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it.each([
    ['north', 0, 0, 0, 90],
    ['east', 90, 0, 90, 0],
    ['south', 180, 0, 0, -90],
    ['west', 270, 30, -60, 0],
    ['the zenith', 123, 90, 0, 0],
  ])('polar shows %s as on a compass', (_name, azimuthDeg, elevationDeg, x, y) => {
    const place = createProjection('polar', sky()).forward(azimuthDeg, elevationDeg);
    expect(place.x).toBeCloseTo(x, 9);
    expect(place.y).toBeCloseTo(y, 9);
  });

  it.each(PROJECTIONS)('show a mount that has turned over where its beam is: %s', (name) => {
    const projection = createProjection(name, sky({ azStartDeg: 0, azEndDeg: 360 }));
    const [there, seen] = [projection.forward(200, 30), projection.forward(20, 150)];
    expect([seen.x, seen.y]).toEqual([expect.closeTo(there.x, 9), expect.closeTo(there.y, 9)]);
  });

  it('polar ends at the horizon or the lowest cells', () => {
    expect(createProjection('polar', sky({ elStartDeg: 20 })).extent.right).toBe(90);
    expect(createProjection('polar', sky({ elStartDeg: -20 })).extent.right).toBe(115);
    expect(createProjection('polar', sky({ elStartDeg: 20 })).elevationAt(64, 64)).toBeNaN();
  });

  it.each([
    ['a full circle', {}, { left: -5, right: 355 }],
    ['a sector', { azStartDeg: 100, azEndDeg: 200 }, { left: 95, right: 205 }],
    ['a sector through north', { azStartDeg: 350, azEndDeg: 10 }, { left: 345, right: 375 }],
    ['one column', { azStartDeg: 40, azEndDeg: 40 }, { left: 35, right: 45 }],
  ])('rectangular spans %s', (_name, fields, extent) => {
    expect(createProjection('rectangular', sky(fields)).extent).toMatchObject(extent);
  });

  it('rectangular extends below the horizon to the nadir', () => {
    const { extent } = createProjection('rectangular', sky({ elStartDeg: -90, elEndDeg: -20 }));
    expect(extent).toMatchObject({ bottom: -90, top: -15 });
  });
});

describe('views', () => {
  it.each(PROJECTIONS)('centre the whole projection: %s', (name) => {
    const projection = createProjection(name, sky());
    const view = fitView(projection, rect, 20);
    const { left, right, bottom, top } = projection.extent;
    const corner = toPixel(view, { x: left, y: top });
    const opposite = toPixel(view, { x: right, y: bottom });
    expect(corner.x - rect.x).toBeCloseTo(rect.x + rect.width - opposite.x, 9);
    expect(corner.y - rect.y).toBeCloseTo(rect.y + rect.height - opposite.y, 9);
    expect(Math.min(corner.x - rect.x, corner.y - rect.y)).toBeCloseTo(20, 9);
  });

  it('stretch a single row', () => {
    const view = fitView(createProjection('rectangular', sky({ elEndDeg: 0 })), rect);
    expect(view.pxPerDegY).toBeGreaterThan(view.pxPerDegX);
  });

  it('keep the point under the pointer when zooming, and pan by pixels', () => {
    const view = fitView(createProjection('polar', sky()), rect);
    const at = { x: 100, y: 200 };
    const zoomed = zoomView(view, 3, at);
    expect(fromPixel(zoomed, at).x).toBeCloseTo(fromPixel(view, at).x, 9);
    expect(fromPixel(zoomed, at).y).toBeCloseTo(fromPixel(view, at).y, 9);
    const moved = toPixel(panView(view, 7, -4), fromPixel(view, at));
    expect(moved.x).toBeCloseTo(107, 9);
    expect(moved.y).toBeCloseTo(196, 9);
  });

  it('stay within the sky', () => {
    const projection = createProjection('polar', sky());
    const whole = fitView(projection, rect);
    expect(keepInView(zoomView(whole, 0.5, { x: 0, y: 0 }), whole, projection, 10)).toBe(whole);
    const near = keepInView(zoomView(whole, 50, { x: 230, y: 160 }), whole, projection, 10);
    expect(near.pxPerDegX / whole.pxPerDegX).toBeCloseTo(10, 9);
    const away = keepInView(panView(near, 1e6, -1e6), whole, projection, 10);
    const middle = fromPixel(away, { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
    expect(middle.x).toBeCloseTo(-95, 6);
    expect(middle.y).toBeCloseTo(-95, 6);
  });
});
