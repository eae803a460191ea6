import type { Pointing } from '#shared/pointing';
import { drawMoon, drawReadback, drawSetpoint, drawSun } from './marks.ts';
import type { Projection } from './projections.ts';
import { drawHorizon, drawKeepOut, drawLevelLine, drawTrail } from './outlines.ts';
import type { SkySector } from './sky-sector.ts';
import type { Surface } from './surface.ts';
import type { View } from './view.ts';

/** What is shown on the map beside the levels. */
export interface Overlays {
  rotor?: { readback: Pointing; setpoint?: Pointing | null | undefined; moving: boolean } | undefined;
  /** Where the planned path turns: azimuth (unwrapped) and elevation, degrees. */
  path?: readonly (readonly [number, number])[] | undefined;
  /** The horizon mask: azimuth and elevation, degrees, azimuths ascending, closed through north. */
  horizon?: readonly (readonly [number, number])[] | undefined;
  /** Elevations that the rotor keeps to, degrees. */
  limits?: { minElevation: number; maxElevation: number } | undefined;
  keepOut?: readonly SkySector[] | undefined;
  sun?: Pointing | null | undefined;
  moon?: Pointing | null | undefined;
}

/** Draws what stands still, then what moves, on top of the levels. */
export function drawOverlays(
  surface: Surface,
  projection: Projection,
  view: View,
  overlays: Overlays,
  fontPx: number,
): void {
  const pen = { surface, projection, view, fontPx };
  surface.save();
  surface.beginPath();
  surface.rect(view.rect.x, view.rect.y, view.rect.width, view.rect.height);
  surface.clip();
  if (overlays.horizon && overlays.horizon.length > 0) drawHorizon(pen, overlays.horizon);
  for (const sector of overlays.keepOut ?? []) drawKeepOut(pen, sector);
  if (overlays.limits) {
    drawLevelLine(pen, overlays.limits.minElevation);
    // At the zenith it is no line.
    if (overlays.limits.maxElevation < 90) drawLevelLine(pen, overlays.limits.maxElevation);
  }
  if (overlays.path && overlays.path.length > 1) drawTrail(pen, overlays.path);
  if (overlays.sun) drawSun(pen, overlays.sun);
  if (overlays.moon) drawMoon(pen, overlays.moon);
  if (overlays.rotor) {
    const { readback, setpoint, moving } = overlays.rotor;
    if (setpoint) drawSetpoint(pen, setpoint);
    drawReadback(pen, readback, moving);
  }
  surface.restore();
}
