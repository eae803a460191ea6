import type { Pointing } from '#shared/sky/pointing';
import { drawLabel, textWidth } from './labels.ts';
import { INK, pixelOf, strokeWithOutline, type Pen } from './pen.ts';
import { contains, overlaps } from './rectangles.ts';
import { toPixel, type Rect } from './view.ts';

/** A line of known objects on the sky, or a place if it has one point. */
export interface SkyCurve {
  kind: string;
  name: string;
  points: readonly Pointing[];
}

const COLOURS: Record<string, string> = {
  belt: '#ffd23e',
  passes: '#7fe3ff',
  emitters: '#ff9ae0',
  milky_way: '#c9b8ff',
  equatorial: '#a9b4c6',
};
/** More names of one kind cover the map. */
const MAX_NAMES = 40;

/** Lines and places. */
export function drawCurves(pen: Pen, curves: readonly SkyCurve[]): void {
  for (const { kind, points } of curves) {
    const colour = COLOURS[kind] ?? INK.over;
    if (kind === 'equatorial') drawGridLine(pen, points, colour);
    else if (points.length > 1) strokeWithOutline(pen, () => trace(pen, points), colour);
    else if (points[0]) drawPlace(pen, points[0], colour);
  }
}

/**
 * Their names, each beside its line or place where it covers no other name and nothing that is
 * `taken`; without such a place it is left out. Returns the rectangles of the names.
 */
export function drawCurveNames(pen: Pen, curves: readonly SkyCurve[], taken: readonly Rect[] = []): Rect[] {
  const counts = new Map<string, number>();
  for (const { kind } of curves) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const names: Rect[] = [];
  for (const { kind, name, points } of curves) {
    if ((counts.get(kind) ?? 0) > MAX_NAMES) continue;
    const rect = spaceFor(pen, name, points, [...taken, ...names]);
    if (!rect) continue;
    names.push(rect);
    const { surface, fontPx } = pen;
    const [x, y] = [rect.x, rect.y + fontPx];
    drawLabel(surface, { text: name, x, y, px: fontPx, colour: COLOURS[kind] ?? INK.over, halo: INK.halo });
  }
  return names;
}

/** Thin, without outline: it is in the background. */
function drawGridLine(pen: Pen, points: readonly Pointing[], colour: string): void {
  const { surface, fontPx } = pen;
  surface.strokeStyle = colour;
  surface.lineWidth = 0.1 * fontPx;
  surface.beginPath();
  trace(pen, points);
  surface.stroke();
}

function trace({ surface, projection, view }: Pen, points: readonly Pointing[]): void {
  let before: number | undefined;
  for (const { azimuthDeg, elevationDeg } of points) {
    const at = projection.forward(azimuthDeg, elevationDeg);
    const { x, y } = toPixel(view, at);
    // Interrupts the line at the seam of the rectangular map.
    if (before === undefined || Math.abs(at.x - before) > 180) surface.moveTo(x, y);
    else surface.lineTo(x, y);
    before = at.x;
  }
}

/** A square. */
function drawPlace(pen: Pen, pointing: Pointing, colour: string): void {
  const at = pixelOf(pen, pointing);
  if (!at) return;
  const { surface, fontPx } = pen;
  const half = 0.3 * fontPx;
  const square = () => {
    surface.moveTo(at.x - half, at.y - half);
    surface.lineTo(at.x + half, at.y - half);
    surface.lineTo(at.x + half, at.y + half);
    surface.lineTo(at.x - half, at.y + half);
    surface.closePath();
  };
  strokeWithOutline(pen, square, colour, 0.14);
}

/** Names are tried at these shares of the length of a line, and on these sides of the place. */
const SHARES = [0.5, 0.35, 0.65, 0.2, 0.8];
const SIDES = [
  { isLeft: false, isBelow: false },
  { isLeft: true, isBelow: false },
  { isLeft: false, isBelow: true },
  { isLeft: true, isBelow: true },
];

function spaceFor(
  pen: Pen,
  name: string,
  points: readonly Pointing[],
  taken: readonly Rect[],
): Rect | undefined {
  const { surface, fontPx, view } = pen;
  const [width, height] = [textWidth(surface, name, fontPx), 1.25 * fontPx];
  return SHARES.slice(0, points.length)
    .flatMap((share) => {
      const point = points[Math.floor(share * points.length)];
      const at = point && pixelOf(pen, point);
      if (!at) return [];
      return SIDES.map(({ isLeft, isBelow }) => ({
        x: isLeft ? at.x - 0.5 * fontPx - width : at.x + 0.5 * fontPx,
        y: isBelow ? at.y + 0.2 * fontPx : at.y - 1.3 * fontPx,
        width,
        height,
      }));
    })
    .find((rect) => contains(view.rect, rect) && !taken.some((other) => overlaps(rect, other)));
}
