import type { TimeLapse } from '#contract/rest/schedule-history';
import type { Session } from '#contract/rest/sessions';
import { figureView } from '#sky-map/figure';
import { createProjection, type ProjectionName } from '#sky-map/projections';
import { SkyMap } from '#sky-map/sky-map';
import { fromPixel } from '#sky-map/view';

/** Width of a frame, pixels. */
export const FRAME_PX = 640;

/** The picture of a frame; all frames have the same scale. */
export function framePath(
  sessionId: number,
  range: TimeLapse['range'],
  look: { projection: ProjectionName; palette: string; theme: string },
): string {
  const query = new URLSearchParams({
    ...look,
    fit: 'true',
    size: String(FRAME_PX),
    ...(range && { min: String(range.min), max: String(range.max) }),
  });
  return `/api/skyscan/${sessionId}/map.png?${query}`;
}

/** The direction at a pixel of a frame, degrees; undefined outside of the sky. */
export function directionAt(
  session: Session,
  projectionName: ProjectionName,
  pixel: { x: number; y: number },
): { azimuth: number; elevation: number } | undefined {
  const map = new SkyMap({
    // The direction is the same in both kinds of grid.
    kind: 'rectangular',
    azStartDeg: session.az_start,
    azEndDeg: session.az_end,
    elStartDeg: session.el_start,
    elEndDeg: session.el_end,
    stepDeg: session.step_deg,
  });
  const projection = createProjection(projectionName, map);
  const { x, y } = fromPixel(figureView({ map, projection: projectionName, fit: true }, FRAME_PX), pixel);
  const elevation = projection.elevationAt(x, y);
  if (Number.isNaN(elevation)) return undefined;
  return { azimuth: projection.azimuthAt(x, y), elevation };
}

/** The index of the frame whose time is the nearest. */
export function nearestFrame(timesMs: readonly number[], atMs: number): number {
  let nearest = 0;
  for (const [index, timeMs] of timesMs.entries())
    if (Math.abs(timeMs - atMs) < Math.abs((timesMs[nearest] ?? Infinity) - atMs)) nearest = index;
  return nearest;
}
