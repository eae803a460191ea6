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

/** The fields of a point that a map needs. */
export interface MapPoint {
  row: number;
  column: number;
  setpoint: { azimuth: number; elevation: number };
  mean_dbm: number;
}

/** A position in the window, CSS pixels. */
interface Place {
  x: number;
  y: number;
}

// The DOM members in use; tests are compiled without DOM types.
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

// Probe positions in a cell, in steps from its centre: axis lines and labels cover some of them.
const PROBES = [
  [0.3, 0.3],
  [-0.3, 0.3],
  [0.3, -0.3],
  [-0.3, -0.3],
  [0.15, 0.4],
] as const;

/** Builds a map from points of the API. */
export function mapOf(bounds: GridBounds, points: readonly MapPoint[]): SkyMap {
  const map = new SkyMap(bounds);
  for (const { row, column, mean_dbm } of points) map.set(row, column, mean_dbm);
  return map;
}

/** View of the whole sky on the page's canvas, at one pixel per CSS pixel. */
export async function viewOnScreen(page: Page, map: SkyMap, name: ProjectionName): Promise<View> {
  const { width, height } = await frameOf(page);
  const projection = createProjection(name, map);
  // As in map/scene.ts: smaller text on small maps.
  const fontPx = width < 440 ? 11 : 13;
  const { rect, padding } = layoutPlot(projection, { x: 0, y: 0, width, height }, fontPx);
  return fitView(projection, rect, padding);
}

/** Position of a pointing in the window. */
export async function placeOnScreen(
  page: Page,
  map: SkyMap,
  name: ProjectionName,
  pointing: { azimuth: number; elevation: number },
): Promise<Place> {
  const { left, top } = await frameOf(page);
  const { x, y } = pixelOf(await viewOnScreen(page, map, name), map, name, pointing);
  return { x: left + x, y: top + y };
}

/** Pixels at which a cell shows its colour, the most likely first. */
export function probesInCell(
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

/** Colours of pixels of the map on the page. */
export function coloursOnScreen(page: Page, places: Place[]): Promise<Colour[]> {
  return page.locator('[role=application] canvas').evaluate((canvas: Canvas, at: Place[]) => {
    const context = canvas.getContext('2d');
    return at.map(({ x, y }) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3));
  }, places);
}

/**
 * Cells whose colour does not match their level in the automatic range; `colours` of their probes,
 * in order.
 */
export function miscolouredCells(
  map: SkyMap,
  points: readonly MapPoint[],
  colours: readonly Colour[],
): string[] {
  const palette = paletteOf('viridis');
  const range = autoRange(map.levels);
  if (!range) return ['nothing is measured'];
  return points.flatMap(({ row, column, mean_dbm }, n) => {
    const shade = shadeOf(Math.fround(mean_dbm), range);
    // A level between two colours may be rounded to either.
    const good = new Set(
      [shade - 1, shade, shade + 1].map((near) => palette[near]?.join()).filter((text) => text !== undefined),
    );
    const seen = colours.slice(n * PROBES.length, (n + 1) * PROBES.length).map((colour) => colour.join());
    return seen.some((colour) => good.has(colour))
      ? []
      : [`row ${row} column ${column}: ${seen.join(' / ')}, not ${[...good].join(' / ')}`];
  });
}

/** Number of cells that show a colour of the palette. */
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
