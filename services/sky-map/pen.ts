import type { Pointing } from '#shared/sky/pointing';
import type { PlanePoint, Projection } from './projections.ts';
import type { Surface } from './surface.ts';
import { toPixel, type View } from './view.ts';

/** Drawing context of overlays. */
export interface Pen {
  surface: Surface;
  projection: Projection;
  view: View;
  fontPx: number;
}

/** Lines are drawn twice, dark and wide, then bright and narrow, to be visible on all palettes. */
export const INK = {
  under: 'rgba(6, 9, 14, 0.75)',
  over: '#ffffff',
  /** Around bright text, which must be legible on a white page too. */
  halo: '#06090e',
};

/** The pixel of a pointing; undefined if the projection does not show it. */
export function pixelOf(
  { projection, view }: Pen,
  { azimuthDeg, elevationDeg }: Pointing,
): PlanePoint | undefined {
  const place = projection.forward(azimuthDeg, elevationDeg);
  if (Number.isNaN(projection.elevationAt(place.x, place.y))) return undefined;
  return toPixel(view, place);
}

/** Strokes the path that `trace` builds, in both inks. */
export function strokeWithOutline(
  { surface, fontPx }: Pen,
  trace: () => void,
  over = INK.over,
  width = 0.12,
): void {
  for (const [colour, extra] of [
    [INK.under, 0.14],
    [over, 0],
  ] as const) {
    surface.strokeStyle = colour;
    surface.lineWidth = (width + extra) * fontPx;
    surface.beginPath();
    trace();
    surface.stroke();
  }
}
