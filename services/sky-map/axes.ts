import { drawLabel } from './labels.ts';
import type { Projection } from './projections.ts';
import type { Surface } from './surface.ts';
import type { AxesStyle } from './themes.ts';
import { drawPolarAxes } from './polar-axes.ts';
import { cardinalOf, degreesText, tickStepDeg, ticksBetween } from './ticks.ts';
import { fromPixel, toPixel, type Rect, type View } from './view.ts';

/** The plot rectangle on a canvas, and the padding that polar labels need inside it. */
export function layoutPlot(
  projection: Projection,
  canvas: Rect,
  fontPx: number,
): { rect: Rect; padding: number } {
  if (projection.name === 'polar') return { rect: roundRect(canvas), padding: Math.ceil(2 * fontPx) };
  const [left, right, top, bottom] = [3.4, 1.4, 0.7, 2.2].map((lines) => Math.ceil(lines * fontPx)) as [
    number,
    number,
    number,
    number,
  ];
  const { x, y, width, height } = canvas;
  const rect = { x: x + left, y: y + top, width: width - left - right, height: height - top - bottom };
  return { rect: roundRect(rect), padding: 0 };
}

/**
 * Draws the polar grid (rings and spokes) or the rectangular frame with ticks, with labels in
 * degrees.
 */
export function drawAxes(surface: Surface, projection: Projection, view: View, style: AxesStyle): void {
  surface.save();
  if (projection.name === 'polar') drawPolarAxes(surface, projection, view, style);
  else drawRectangularAxes(surface, projection, view, style);
  surface.restore();
}

function drawRectangularAxes(surface: Surface, projection: Projection, view: View, style: AxesStyle): void {
  const { theme, fontPx } = style;
  const frame = visiblePart(projection, view);
  const [first, last] = [
    fromPixel(view, { x: frame.x, y: frame.y + frame.height }),
    fromPixel(view, { x: frame.x + frame.width, y: frame.y }),
  ];
  const bottom = frame.y + frame.height;
  surface.strokeStyle = theme.grid;
  const azimuths = ticksBetween(first.x, last.x, tickStepDeg(view.pxPerDegX, 5 * fontPx));
  const elevations = ticksBetween(first.y, last.y, tickStepDeg(view.pxPerDegY, 3 * fontPx));
  for (const azimuthDeg of azimuths) {
    const { x } = toPixel(view, { x: azimuthDeg, y: 0 });
    line(surface, fontPx / 16, x, frame.y, x, bottom + fontPx * 0.4);
    const cardinal = cardinalOf(azimuthDeg);
    const text = degreesText(azimuthDeg, 'azimuth');
    drawLabel(surface, {
      text: cardinal === undefined ? text : `${cardinal} ${text}`,
      x,
      y: bottom + fontPx * 0.7,
      px: fontPx,
      colour: cardinal === undefined ? theme.quiet : theme.text,
      bold: cardinal !== undefined,
      align: 'center',
      baseline: 'top',
    });
  }
  for (const elevationDeg of elevations) {
    const { y } = toPixel(view, { x: 0, y: elevationDeg });
    // The horizon line is thicker.
    line(
      surface,
      elevationDeg === 0 ? fontPx / 6 : fontPx / 16,
      frame.x - fontPx * 0.4,
      y,
      frame.x + frame.width,
      y,
    );
    drawLabel(surface, {
      text: degreesText(elevationDeg, 'elevation'),
      x: frame.x - fontPx * 0.7,
      y,
      px: fontPx,
      colour: theme.quiet,
      align: 'right',
      baseline: 'middle',
    });
  }
  surface.lineWidth = fontPx / 10;
  surface.strokeStyle = theme.quiet;
  surface.strokeRect(frame.x, frame.y, frame.width, frame.height);
}

/** The part of the view's rectangle that shows sky. */
function visiblePart({ extent }: Projection, view: View): Rect {
  const { rect } = view;
  const a = toPixel(view, { x: extent.left, y: extent.top });
  const b = toPixel(view, { x: extent.right, y: extent.bottom });
  const x = Math.max(rect.x, a.x);
  const y = Math.max(rect.y, a.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(rect.x + rect.width, b.x) - x),
    height: Math.max(0, Math.min(rect.y + rect.height, b.y) - y),
  };
}

function line(surface: Surface, width: number, x1: number, y1: number, x2: number, y2: number): void {
  surface.lineWidth = width;
  surface.beginPath();
  surface.moveTo(x1, y1);
  surface.lineTo(x2, y2);
  surface.stroke();
}

function roundRect({ x, y, width, height }: Rect): Rect {
  const [left, top] = [Math.round(x), Math.round(y)];
  return {
    x: left,
    y: top,
    width: Math.max(1, Math.round(x + width) - left),
    height: Math.max(1, Math.round(y + height) - top),
  };
}
