import { strokeWithOutline } from '#sky-map/pen';
import type { Projection } from '#sky-map/projections';
import { cellOutline } from '#sky-map/raster';
import type { SkyMap } from '#sky-map/sky-map';
import { toPixel, type View } from '#sky-map/view';
import type { Layer } from './layer.ts';

/** Draws a layer at its position in the current view. */
export function placeLayer(context: CanvasRenderingContext2D, layer: Layer | undefined, view: View): void {
  if (!layer) return;
  const { left, top, pxPerDegX, pxPerDegY, rect } = layer.view;
  const corner = toPixel(view, { x: left, y: top });
  context.save();
  context.beginPath();
  context.rect(view.rect.x, view.rect.y, view.rect.width, view.rect.height);
  context.clip();
  context.imageSmoothingEnabled = false;
  const width = (rect.width * view.pxPerDegX) / pxPerDegX;
  const height = (rect.height * view.pxPerDegY) / pxPerDegY;
  context.drawImage(layer.canvas, corner.x, corner.y, width, height);
  context.restore();
}

/** Where and how to draw. */
interface DrawTarget {
  context: CanvasRenderingContext2D;
  projection: Projection;
  view: View;
  fontPx: number;
}

/** Outlines a cell if the map has it. */
export function outlineCell(
  { context, projection, view, fontPx }: DrawTarget,
  map: SkyMap | undefined,
  { row, column }: { row: number; column: number },
): void {
  if (!map?.has(row, column)) return;
  const outline = cellOutline(map, projection, row, column).map((place) => toPixel(view, place));
  strokeWithOutline({ surface: context, projection, view, fontPx }, () => {
    for (const [n, { x, y }] of outline.entries()) {
      if (n === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    context.closePath();
  });
}
