import type { Page } from 'playwright-core';
import type { GridBounds } from '#shared/sky/grid-shape';
import { layoutPlot } from '#sky-map/axes';
import { paletteOf, shadeOf } from '#sky-map/palettes';
import { createProjection, type ProjectionName } from '#sky-map/projections';
import { autoRange } from '#sky-map/range';
import { SkyMap } from '#sky-map/sky-map';
import { fitView, toPixel, type View } from '#sky-map/view';

/** Red, green, blue. */
export type Colour = readonly number[];

/** What the API tells of a point, as far as a map needs it. */
export interface MapPoint {
  row: number;
  column: number;
  setpoint: { azimuth: number; elevation: number };
  mean_dbm: number;
}

/** A place of the page, CSS pixels of the window. */
interface Place {
  x: number;
  y: number;
}

// What is used of the elements of a page; the tests are compiled without the types of browsers.
interface Frame {
  clientWidth: number;
  clientHeight: number;
  getBoundingClientRect(): { left: number; top: number };
}
interface Canvas {
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, width: number, height: number): { data: Iterable<number> };
  };
}

// Where in a cell its colour is looked for, in steps from its middle: lines and letters of the axes
// cover some places.
const PROBES = [
  [0.3, 0.3],
  [-0.3, 0.3],
  [0.3, -0.3],
  [-0.3, -0.3],
  [0.15, 0.4],
] as const;

/** The map of what the API has told. */
export function mapOf(bounds: GridBounds, points: readonly MapPoint[]): SkyMap {
  const map = new SkyMap(bounds);
  for (const { row, column, mean_dbm } of points) map.set(row, column, mean_dbm);
  return map;
}

/** How the whole sky lies on the canvas of a page, which is of one pixel per CSS pixel. */
export async function viewOnScreen(page: Page, map: SkyMap, name: ProjectionName): Promise<View> {
  const { width, height } = await frameOf(page);
  const projection = createProjection(name, map);
  // Of map/scene.ts: smaller letters where there is little room.
  const fontPx = width < 440 ? 11 : 13;
  const { rect, padding } = layoutPlot(projection, { x: 0, y: 0, width, height }, fontPx);
  return fitView(projection, rect, padding);
}

/** Where a pointing is in the window. */
export async function placeOf(
  page: Page,
  map: SkyMap,
  name: ProjectionName,
  pointing: { azimuth: number; elevation: number },
): Promise<Place> {
  const { left, top } = await frameOf(page);
  const { x, y } = pixelOf(await viewOnScreen(page, map, name), map, name, pointing);
  return { x: left + x, y: top + y };
}

/** Pixels of a view at which a cell shows its colour, the likeliest first. */
export function probesOf(
  view: View,
  map: SkyMap,
  name: ProjectionName,
  stepDeg: number,
  { azimuth, elevation }: { azimuth: number; elevation: number },
): Place[] {
  return PROBES.map(([right, up]) => {
    const pointing = { azimuth: azimuth + right * stepDeg, elevation: elevation + up * stepDeg };
    const { x, y } = pixelOf(view, map, name, pointing);
    return { x: Math.floor(x), y: Math.floor(y) };
  });
}

/** The colours of pixels of the map on the page. */
export function coloursOnScreen(page: Page, places: Place[]): Promise<Colour[]> {
  return page.locator('[role=application] canvas').evaluate((canvas: Canvas, at: Place[]) => {
    const context = canvas.getContext('2d');
    return at.map(({ x, y }) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
  }, places);
}

/**
 * Cells that do not have the colour of their level in the automatic range; `colours` are those of
 * their probes, in order.
 */
export function wronglyColoured(
  map: SkyMap,
  points: readonly MapPoint[],
  colours: readonly Colour[],
): string[] {
  const palette = paletteOf('viridis');
  const range = autoRange(map.levels);
  if (!range) return ['nothing is measured'];
  return points.flatMap(({ row, column, mean_dbm }, n) => {
    const shade = shadeOf(Math.fround(mean_dbm), range);
    // A level that lies on the edge of two colours may be rounded to either.
    const good = new Set(
      [shade - 1, shade, shade + 1].map((near) => palette[near]?.join()).filter((text) => text !== undefined),
    );
    const seen = colours.slice(n * PROBES.length, (n + 1) * PROBES.length).map((colour) => colour.join());
    return seen.some((colour) => good.has(colour))
      ? []
      : [`row ${row} column ${column}: ${seen.join(' / ')}, not ${[...good].join(' / ')}`];
  });
}

/** How many of the cells show a colour of the palette at all. */
export function colouredCells(colours: readonly Colour[]): number {
  const palette = new Set(paletteOf('viridis').map((colour) => colour.join()));
  let cells = 0;
  for (let at = 0; at < colours.length; at += PROBES.length)
    if (colours.slice(at, at + PROBES.length).some((colour) => palette.has(colour.join()))) cells++;
  return cells;
}

function pixelOf(
  view: View,
  map: SkyMap,
  name: ProjectionName,
  { azimuth, elevation }: { azimuth: number; elevation: number },
): Place {
  return toPixel(view, createProjection(name, map).forward(azimuth, elevation));
}

function frameOf(page: Page): Promise<{ left: number; top: number; width: number; height: number }> {
  return page.locator('[role=application]').evaluate((frame: Frame) => {
    const { left, top } = frame.getBoundingClientRect();
    return { left, top, width: frame.clientWidth, height: frame.clientHeight };
  });
}
