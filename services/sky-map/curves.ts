import type { Pointing } from '#shared/sky/pointing';
import { drawLabel } from './labels.ts';
import { INK, pixelOf, strokeWithOutline, type Pen } from './pen.ts';
import { toPixel } from './view.ts';

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

/** Lines and places with their names. */
export function drawCurves(pen: Pen, curves: readonly SkyCurve[]): void {
  const counts = new Map<string, number>();
  for (const { kind } of curves) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const { kind, name, points } of curves) {
    const colour = COLOURS[kind] ?? INK.over;
    if (kind === 'equatorial') drawGridLine(pen, points, colour);
    else if (points.length > 1) strokeWithOutline(pen, () => trace(pen, points), colour);
    else if (points[0]) drawPlace(pen, points[0], colour);
    if ((counts.get(kind) ?? 0) <= MAX_NAMES) drawName(pen, name, points, colour);
  }
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

/** Beside the middle of a line or a place. */
function drawName(pen: Pen, name: string, points: readonly Pointing[], colour: string): void {
  const middle = points[Math.floor(points.length / 2)];
  const at = middle && pixelOf(pen, middle);
  if (!at) return;
  const { surface, fontPx } = pen;
  const [x, y] = [at.x + 0.5 * fontPx, at.y - 0.3 * fontPx];
  drawLabel(surface, { text: name, x, y, px: fontPx, colour, halo: INK.under });
}
