import { drawLabel } from './labels.ts';
import type { PlanePoint, Projection } from './projections.ts';
import type { Surface } from './surface.ts';
import type { AxesStyle } from './themes.ts';
import { cardinalOf, degreesText, tickStepDeg, ticksBetween } from './ticks.ts';
import { fromPixel, toPixel, type Rect, type View } from './view.ts';

// Ring labels lie between the spokes at 0 and 30 degrees, or towards the centre of the view
// if the zenith is off-centre.
const RING_LABELS_AZ_DEG = 15;

/**
 * Draws rings of elevation and spokes of azimuth. Spokes are labelled at the rim, or at the edge of
 * the view if the rim is not visible.
 */
export function drawPolarAxes(surface: Surface, projection: Projection, view: View, style: AxesStyle): void {
  const { theme, fontPx } = style;
  const zenith = toPixel(view, { x: 0, y: 0 });
  const radiusDeg = projection.extent.right;
  const rimPx = radiusDeg * view.pxPerDegX;
  const floorDeg = 90 - radiusDeg;
  const ringStepDeg = tickStepDeg(view.pxPerDegX, 3.4 * fontPx);
  const rings = visibleRings(view, ringStepDeg, floorDeg);
  const centre = { x: view.rect.x + view.rect.width / 2, y: view.rect.y + view.rect.height / 2 };
  const away = Math.hypot(centre.x - zenith.x, centre.y - zenith.y);
  const seenPx = Math.min(rimPx, away + Math.min(view.rect.width, view.rect.height) / 2);
  const spokeStepDeg = tickStepDeg((seenPx * Math.PI) / 180, 9 * fontPx);

  surface.save();
  surface.beginPath();
  surface.rect(view.rect.x, view.rect.y, view.rect.width, view.rect.height);
  surface.clip();
  surface.strokeStyle = theme.grid;
  for (const elevationDeg of rings)
    circle(surface, zenith, (90 - elevationDeg) * view.pxPerDegX, fontPx / 16);
  const firstRingPx = Math.min(ringStepDeg, radiusDeg) * view.pxPerDegX;
  for (const azimuthDeg of ticksBetween(0, 359.999, spokeStepDeg)) {
    const [dx, dy] = direction(azimuthDeg);
    // Only the cardinal spokes reach the zenith, to keep it visible.
    const from = azimuthDeg % 90 === 0 ? 0 : firstRingPx;
    surface.lineWidth = fontPx / 16;
    surface.beginPath();
    surface.moveTo(zenith.x + from * dx, zenith.y + from * dy);
    surface.lineTo(zenith.x + rimPx * dx, zenith.y + rimPx * dy);
    surface.stroke();
  }
  surface.strokeStyle = theme.quiet;
  circle(surface, zenith, rimPx, fontPx / 10);
  // The horizon, if cells lie below it.
  if (floorDeg < 0) circle(surface, zenith, 90 * view.pxPerDegX, fontPx / 8);
  surface.restore();

  for (const azimuthDeg of ticksBetween(0, 359.999, spokeStepDeg))
    drawSpokeLabel(surface, view, zenith, { azimuthDeg, rimPx }, style);
  const labelDirection =
    away > Math.min(view.rect.width, view.rect.height) / 5
      ? ([(centre.x - zenith.x) / away, (centre.y - zenith.y) / away] as const)
      : direction(RING_LABELS_AZ_DEG);
  for (const elevationDeg of rings) {
    const distance = (90 - elevationDeg) * view.pxPerDegX;
    const at = { x: zenith.x + distance * labelDirection[0], y: zenith.y + distance * labelDirection[1] };
    if (!isInside(at, view.rect, fontPx)) continue;
    const text = degreesText(elevationDeg, 'elevation');
    const label = { text, ...at, px: fontPx * 0.85, colour: theme.text, halo: theme.halo };
    drawLabel(surface, { ...label, align: 'center', baseline: 'middle' });
  }
}

function drawSpokeLabel(
  surface: Surface,
  { rect }: View,
  zenith: PlanePoint,
  { azimuthDeg, rimPx }: { azimuthDeg: number; rimPx: number },
  { theme, fontPx }: AxesStyle,
): void {
  const [dx, dy] = direction(azimuthDeg);
  const visible = intersectRect(zenith, dx, dy, rect, fontPx);
  if (!visible) return;
  const atRim = rimPx + fontPx;
  // Half a line of tolerance: at the rim of the whole sky, the label just fits.
  const distance = atRim <= visible.exit + fontPx / 2 ? atRim : visible.exit;
  // Labels near the zenith would overlap.
  if (distance < visible.enter || distance < 4 * fontPx) return;
  const cardinal = cardinalOf(azimuthDeg);
  drawLabel(surface, {
    text: cardinal ?? degreesText(azimuthDeg, 'azimuth'),
    x: zenith.x + distance * dx,
    y: zenith.y + distance * dy,
    px: cardinal === undefined ? fontPx * 0.9 : fontPx * 1.15,
    colour: cardinal === undefined ? theme.quiet : theme.text,
    bold: cardinal !== undefined,
    align: 'center',
    baseline: 'middle',
    ...(distance < rimPx && { halo: theme.halo, colour: theme.text }),
  });
}

/** Elevations (multiples of the step) whose rings cross the view, degrees. */
function visibleRings(view: View, stepDeg: number, floorDeg: number): number[] {
  const { x, y, width, height } = view.rect;
  const a = fromPixel(view, { x, y });
  const b = fromPixel(view, { x: x + width, y: y + height });
  const nearX = a.x > 0 ? a.x : b.x < 0 ? -b.x : 0;
  const nearY = b.y > 0 ? b.y : a.y < 0 ? -a.y : 0;
  const far = Math.hypot(Math.max(Math.abs(a.x), Math.abs(b.x)), Math.max(Math.abs(a.y), Math.abs(b.y)));
  const near = Math.hypot(nearX, nearY);
  return ticksBetween(Math.max(floorDeg, 90 - far), 90 - near, stepDeg).filter((deg) => deg < 90);
}

/** Unit vector of an azimuth in pixels: 0 is up, clockwise. */
function direction(azimuthDeg: number): readonly [number, number] {
  const angle = (azimuthDeg * Math.PI) / 180;
  return [Math.sin(angle), -Math.cos(angle)];
}

/** Where a ray enters and leaves a rectangle, pixels from its start; undefined if it misses. */
function intersectRect(
  from: PlanePoint,
  dx: number,
  dy: number,
  rect: Rect,
  margin: number,
): { enter: number; exit: number } | undefined {
  let enter = 0;
  let exit = Infinity;
  const sides = [
    [from.x, dx, rect.x + margin, rect.x + rect.width - margin],
    [from.y, dy, rect.y + margin, rect.y + rect.height - margin],
  ] as const;
  for (const [start, speed, low, high] of sides) {
    if (Math.abs(speed) < 1e-12) {
      if (start < low || start > high) return undefined;
      continue;
    }
    const [a, b] = [(low - start) / speed, (high - start) / speed];
    enter = Math.max(enter, Math.min(a, b));
    exit = Math.min(exit, Math.max(a, b));
  }
  return exit > enter ? { enter, exit } : undefined;
}

function isInside({ x, y }: PlanePoint, rect: Rect, margin: number): boolean {
  return (
    x >= rect.x + margin &&
    x <= rect.x + rect.width - margin &&
    y >= rect.y + margin &&
    y <= rect.y + rect.height - margin
  );
}

function circle(surface: Surface, centre: PlanePoint, radius: number, width: number): void {
  surface.lineWidth = width;
  surface.beginPath();
  surface.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
  surface.stroke();
}
