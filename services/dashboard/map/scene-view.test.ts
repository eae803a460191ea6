import { expect, test } from 'vitest';
import { createProjection } from '#sky-map/projections';
import { SkyMap } from '#sky-map/sky-map';
import { SceneView } from './scene-view.ts';

const BOUNDS = {
  kind: 'rectangular',
  azStartDeg: 100,
  azEndDeg: 140,
  elStartDeg: 20,
  elEndDeg: 40,
  stepDeg: 1,
} as const;
const WIDE = { width: 1000, height: 600, fontPx: 13 };
const NARROW = { width: 500, height: 700, fontPx: 11 };

function shown(): SceneView {
  const view = new SceneView();
  const map = new SkyMap(BOUNDS);
  view.show(map, createProjection('polar', map), WIDE);
  return view;
}

test('the initial view shows the whole sky', () => {
  const view = shown();
  expect(view.zoom).toBe(1);
  expect(view.current).toBe(view.whole);
});

test('zooming keeps the pointing under the pointer', () => {
  const view = shown();
  const at = view.pixelOf({ azimuthDeg: 120, elevationDeg: 30 });
  view.zoomBy(4, at);
  expect(view.zoom).toBeCloseTo(4);
  expect(view.pointingAt(at)?.azimuthDeg).toBeCloseTo(120);
  expect(view.pointingAt(at)?.elevationDeg).toBeCloseTo(30);
});

test('resizing keeps the zoom and the centre', () => {
  const view = shown();
  view.zoomBy(8, view.pixelOf({ azimuthDeg: 120, elevationDeg: 30 }));
  const middle = (of: SceneView) => {
    const rect = of.current?.rect ?? { x: 0, y: 0, width: 0, height: 0 };
    return of.pointingAt({ x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 });
  };
  const before = middle(view);
  view.resize(NARROW);
  expect(view.zoom).toBeCloseTo(8);
  expect(middle(view)?.azimuthDeg).toBeCloseTo(before?.azimuthDeg ?? NaN);
  expect(middle(view)?.elevationDeg).toBeCloseTo(before?.elevationDeg ?? NaN);
});

test('a fitted grid stays fitted on resizing until the view is moved', () => {
  const view = shown();
  view.fit();
  const wide = view.zoom;
  view.resize(NARROW);
  expect(view.fitted).toBe(true);
  expect(view.zoom).not.toBeCloseTo(wide);
  view.panBy(10, 0);
  expect(view.fitted).toBe(false);
});

test('reveal pans to a pointing outside the view', () => {
  const view = shown();
  view.zoomBy(8, view.pixelOf({ azimuthDeg: 120, elevationDeg: 30 }));
  const far = { azimuthDeg: 300, elevationDeg: 60 };
  expect(view.reveal(far)).toBe(true);
  const { x, y } = view.pixelOf(far);
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x).toBeLessThanOrEqual(WIDE.width);
  expect(y).toBeGreaterThanOrEqual(0);
  expect(y).toBeLessThanOrEqual(WIDE.height);
  expect(view.reveal(far)).toBe(false);
});
