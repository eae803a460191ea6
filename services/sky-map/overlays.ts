import type { Pointing } from '#shared/sky/pointing';
import { drawMoon, drawReadback, drawSetpoint, drawSun } from './marks.ts';
import { drawCurveNames, drawCurves, type SkyCurve } from './curves.ts';
import type { Pen } from './pen.ts';
import type { PlanePoint, Projection } from './projections.ts';
import { drawHorizon, drawKeepOut, drawElevationLine, drawPath } from './outlines.ts';
import type { SkySector } from './sky-sector.ts';
import type { Surface } from './surface.ts';
import { toPixel, type Rect, type View } from './view.ts';

/** Marks that another module draws over the levels. */
export interface MarkLayer {
  /** Returns what names must not cover. */
  draw(pen: Pen): Rect[];
  /** Selects the mark at a pixel; returns whether there is one. */
  pick(at: PlanePoint, fontPx: number): boolean;
}

/** What is drawn over the levels. */
export interface Overlays {
  rotor?: { readback: Pointing; setpoint?: Pointing | null | undefined; moving: boolean } | undefined;
  /** Vertices of the planned path: azimuth (unwrapped) and elevation (up to 180), degrees. */
  path?: readonly (readonly [number, number])[] | undefined;
  /** The horizon mask: azimuth and elevation, degrees, azimuths ascending, closed through north. */
  horizon?: readonly (readonly [number, number])[] | undefined;
  /** Elevation limits of the rotor, degrees. */
  limits?: { minElevation: number; maxElevation: number } | undefined;
  keepOut?: readonly SkySector[] | undefined;
  /** Known objects. */
  curves?: readonly SkyCurve[] | undefined;
  sun?: Pointing | null | undefined;
  moon?: Pointing | null | undefined;
  marks?: MarkLayer | undefined;
}

/** Draws static overlays, then moving ones, over the levels. */
export function drawOverlays(
  surface: Surface,
  projection: Projection,
  view: View,
  overlays: Overlays,
  fontPx: number,
): void {
  const pen: Pen = { surface, projection, view, fontPx };
  surface.save();
  clipTo(surface, view.rect);
  surface.save();
  clipToSky(pen);
  if (overlays.horizon && overlays.horizon.length > 0) drawHorizon(pen, overlays.horizon);
  for (const sector of overlays.keepOut ?? []) drawKeepOut(pen, sector);
  if (overlays.limits) {
    drawElevationLine(pen, overlays.limits.minElevation);
    // A limit at the zenith is a point; a mount that turns over has none.
    if (overlays.limits.maxElevation < 90) drawElevationLine(pen, overlays.limits.maxElevation);
  }
  if (overlays.curves) drawCurves(pen, overlays.curves);
  if (overlays.path && overlays.path.length > 1) drawPath(pen, overlays.path);
  surface.restore();
  if (overlays.sun) drawSun(pen, overlays.sun);
  if (overlays.moon) drawMoon(pen, overlays.moon);
  const taken = overlays.marks?.draw(pen);
  if (overlays.curves) drawCurveNames(pen, overlays.curves, taken);
  if (overlays.rotor) {
    const { readback, setpoint, moving } = overlays.rotor;
    if (setpoint) drawSetpoint(pen, setpoint);
    drawReadback(pen, readback, moving);
  }
  surface.restore();
}

/** Clips lines and areas to the sky. Marks may extend beyond it. */
function clipToSky({ surface, projection, view }: Pen): void {
  const { left, right, bottom, top } = projection.extent;
  const a = toPixel(view, { x: left, y: top });
  const b = toPixel(view, { x: right, y: bottom });
  if (projection.name === 'rectangular') {
    clipTo(surface, { x: a.x, y: a.y, width: b.x - a.x, height: b.y - a.y });
    return;
  }
  surface.beginPath();
  surface.arc((a.x + b.x) / 2, (a.y + b.y) / 2, (b.x - a.x) / 2, 0, 2 * Math.PI);
  surface.clip();
}

function clipTo(surface: Surface, { x, y, width, height }: Rect): void {
  surface.beginPath();
  surface.rect(x, y, width, height);
  surface.clip();
}
