import type { PlanePoint, Projection } from './projections.ts';

/** A rectangle of pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Maps the projection plane to a rectangle of pixels: the plane's `left` and `top` lie at the
 * rectangle's top left corner.
 */
export interface View {
  rect: Rect;
  left: number;
  top: number;
  pxPerDegX: number;
  pxPerDegY: number;
}

// Limits of the aspect ratio: stretches a single row or column, which would otherwise be a line.
const ASPECT = { min: 0.5, max: 4 };

/** Aspect ratio (width / height) of a whole projection. */
export function aspectOf({ extent }: Projection): number {
  const degrees = (extent.right - extent.left) / (extent.top - extent.bottom);
  return Math.min(ASPECT.max, Math.max(ASPECT.min, degrees));
}

/** The view of a whole projection, centred in a rectangle with `padding` pixels around it. */
export function fitView(projection: Projection, rect: Rect, padding = 0): View {
  const { left, right, bottom, top } = projection.extent;
  const room = {
    width: Math.max(1, rect.width - 2 * padding),
    height: Math.max(1, rect.height - 2 * padding),
  };
  const aspect = aspectOf(projection);
  const width = Math.min(room.width, room.height * aspect);
  const pxPerDegX = width / (right - left);
  const pxPerDegY = width / aspect / (top - bottom);
  return {
    rect,
    left: (left + right) / 2 - rect.width / 2 / pxPerDegX,
    top: (bottom + top) / 2 + rect.height / 2 / pxPerDegY,
    pxPerDegX,
    pxPerDegY,
  };
}

/** The pixel of a point on the plane. */
export function toPixel(view: View, { x, y }: PlanePoint): PlanePoint {
  return {
    x: view.rect.x + (x - view.left) * view.pxPerDegX,
    y: view.rect.y + (view.top - y) * view.pxPerDegY,
  };
}

/** The point on the plane at a pixel. */
export function fromPixel(view: View, { x, y }: PlanePoint): PlanePoint {
  return {
    x: view.left + (x - view.rect.x) / view.pxPerDegX,
    y: view.top - (y - view.rect.y) / view.pxPerDegY,
  };
}

/** Zooms by `factor` around a pixel. */
export function zoomView(view: View, factor: number, at: PlanePoint): View {
  const fixed = fromPixel(view, at);
  const pxPerDegX = view.pxPerDegX * factor;
  const pxPerDegY = view.pxPerDegY * factor;
  return {
    rect: view.rect,
    left: fixed.x - (at.x - view.rect.x) / pxPerDegX,
    top: fixed.y + (at.y - view.rect.y) / pxPerDegY,
    pxPerDegX,
    pxPerDegY,
  };
}

/** Pans by pixels. */
export function panView(view: View, dx: number, dy: number): View {
  return { ...view, left: view.left - dx / view.pxPerDegX, top: view.top + dy / view.pxPerDegY };
}

/**
 * Limits a view: between `whole` and `maxZoom` times as large, with the centre of the rectangle
 * inside the projection.
 */
export function keepInView(view: View, whole: View, projection: Projection, maxZoom: number): View {
  const centre = { x: view.rect.x + view.rect.width / 2, y: view.rect.y + view.rect.height / 2 };
  const zoom = view.pxPerDegX / whole.pxPerDegX;
  if (zoom <= 1) return whole;
  const kept = zoom > maxZoom ? zoomView(view, maxZoom / zoom, centre) : view;
  const { left, right, bottom, top } = projection.extent;
  const middle = fromPixel(kept, centre);
  const x = Math.min(right, Math.max(left, middle.x));
  const y = Math.min(top, Math.max(bottom, middle.y));
  return { ...kept, left: kept.left + x - middle.x, top: kept.top + y - middle.y };
}
