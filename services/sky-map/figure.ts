import { drawAxes, layoutPlot } from './axes.ts';
import { DIVERGING } from './diverging-palette.ts';
import { CellColours, packColour } from './cell-colours.ts';
import { fitGrid } from './grid-box.ts';
import { drawLabel, fitText } from './labels.ts';
import { LEGEND_LINES, drawLegend, type LevelUnit } from './legend.ts';
import { parseColour, type PaletteName } from './palettes.ts';
import { createProjection, type ProjectionName } from './projections.ts';
import { MIN_AUTOMATIC_SPAN_DB, autoRange, percentileRange, type LevelRange } from './range.ts';
import { createRaster, paint } from './raster.ts';
import type { SkyMap } from './sky-map.ts';
import type { Surface } from './surface.ts';
import { hatchOf, themeOf, type ThemeName } from './themes.ts';
import { aspectOf, fitView, keepInView, type Rect, type View } from './view.ts';

/** A map as a standalone image with title, axes and legend. */
export interface Figure {
  map: SkyMap;
  projection: ProjectionName;
  /** Whether the grid fills the image; otherwise a polar map shows the whole sky. */
  fit: boolean;
  palette: PaletteName;
  /** Given ends of the range; missing ones are automatic. */
  range: Partial<LevelRange>;
  unit: LevelUnit;
  /** Whether `range` is the automatic one of several maps. */
  isCommonRange?: boolean;
  theme: ThemeName;
  title: string;
  subtitle: string;
}

// Narrower images have no labels, which would be too small to read.
const MIN_LABELLED_SIZE = 240;

// The range of the legend while nothing is measured.
const NO_LEVELS: LevelRange = { min: -100, max: 0 };
const NO_RATIOS: LevelRange = { min: 0, max: 1 };

/**
 * The smallest automatic spans of ratios: the kurtosis of noise differs by some tenths, and z
 * reaches 4 by chance.
 */
export const MIN_SPANS: Partial<Record<LevelUnit, number>> = {
  kurtosis: 0.5,
  occupancy: 0.1,
  share: 0.1,
  z: 12,
};

interface Layout {
  width: number;
  height: number;
  fontPx: number;
  plot: Rect;
  padding: number;
  labelled: boolean;
}

/**
 * Size in pixels of a figure `size` pixels wide. The plot of a polar map is a square, that of a
 * rectangular map has the aspect ratio of its extent.
 */
export function figureSize(
  figure: Pick<Figure, 'map' | 'projection'>,
  size: number,
): { width: number; height: number } {
  const { width, height } = layoutFigure(figure, size);
  return { width, height };
}

/** The view of the sky in a figure. */
export function figureView(figure: Pick<Figure, 'map' | 'projection' | 'fit'>, size: number): View {
  const { plot, padding } = layoutFigure(figure, size);
  const projection = createProjection(figure.projection, figure.map);
  const whole = fitView(projection, plot, padding);
  if (!figure.fit) return whole;
  return keepInView(fitGrid(whole, figure.map, projection), whole, projection, Infinity);
}

/** Draws a figure on a surface of `figureSize`. */
export function drawFigure(surface: Surface, figure: Figure, size: number): void {
  const { map } = figure;
  const theme = themeOf(figure.theme);
  const projection = createProjection(figure.projection, map);
  const { width, height, fontPx, labelled } = layoutFigure(figure, size);
  surface.fillStyle = theme.background;
  surface.fillRect(0, 0, width, height);

  const view = figureView(figure, size);
  const range = resolveRange(figure);
  const colours = new CellColours(map.levels);
  colours.recolour(range, figure.palette);
  const hatchPx = Math.max(4, Math.round(fontPx / 2));
  const [light, dark] = hatchOf(theme);
  const background = {
    outside: packColour(parseColour(theme.background)),
    unmeasured: [packColour(light), packColour(dark)] as const,
    hatchPx,
  };
  for (const band of bandsOf(view, hatchPx)) {
    const raster = createRaster(map, projection, band);
    raster.fillRows(0, band.rect.height);
    const pixels = surface.createImageData(band.rect.width, band.rect.height);
    paint(raster, colours.packed, background, new Uint32Array(pixels.data.buffer));
    surface.putImageData(pixels, band.rect.x, band.rect.y);
  }
  if (!labelled) return;

  drawAxes(surface, projection, view, { theme, fontPx });
  const margin = 1.2 * fontPx;
  const room = width - 2 * margin;
  const title = fitText(surface, figure.title, 1.3 * fontPx, true, room);
  drawLabel(surface, {
    text: title,
    x: margin,
    y: 2.1 * fontPx,
    px: 1.3 * fontPx,
    colour: theme.text,
    bold: true,
  });
  const subtitle = fitText(surface, figure.subtitle, fontPx, false, room);
  drawLabel(surface, { text: subtitle, x: margin, y: 3.7 * fontPx, px: fontPx, colour: theme.quiet });
  const { palette, unit } = figure;
  const automatic =
    figure.isCommonRange ?? (figure.range.min === undefined && figure.range.max === undefined);
  const legend = { palette, range, unit, automatic, gaps: map.measured < map.totalPoints };
  const box = { x: margin, y: height - LEGEND_LINES * fontPx, width: room };
  drawLegend(surface, legend, box, { theme, fontPx });
}

function layoutFigure({ map, projection: name }: Pick<Figure, 'map' | 'projection'>, size: number): Layout {
  const projection = createProjection(name, map);
  const fontPx = Math.max(11, Math.round(size / 60));
  if (size < MIN_LABELLED_SIZE) {
    const height = Math.max(1, Math.round(size / aspectOf(projection)));
    return {
      width: size,
      height,
      fontPx,
      plot: { x: 0, y: 0, width: size, height },
      padding: 0,
      labelled: false,
    };
  }
  const header = Math.round(4.6 * fontPx);
  const footer = Math.round((LEGEND_LINES + 0.8) * fontPx);
  // The width is given; the height follows from the aspect ratio of the plot.
  const probe = layoutPlot(projection, { x: 0, y: 0, width: size, height: size }, fontPx);
  const room = probe.rect.width - 2 * probe.padding;
  const around = size - probe.rect.height + 2 * probe.padding;
  const plotHeight = Math.round(room / aspectOf(projection)) + around;
  const canvas = { x: 0, y: header, width: size, height: plotHeight };
  const { rect, padding } = layoutPlot(projection, canvas, fontPx);
  return { width: size, height: header + plotHeight + footer, fontPx, plot: rect, padding, labelled: true };
}

/** Completes a range with automatic ends. They keep at least the minimum span to a given end. */
function resolveRange(figure: Figure): LevelRange {
  const { map, range, unit, palette } = figure;
  if (palette === DIVERGING) return symmetricRange(figure);
  const minSpan = MIN_SPANS[unit] ?? MIN_AUTOMATIC_SPAN_DB;
  const found = autoRange(map.levels, minSpan) ?? (minSpan === MIN_AUTOMATIC_SPAN_DB ? NO_LEVELS : NO_RATIOS);
  const { min, max } = range;
  if (min !== undefined) return { min, max: max ?? Math.max(found.max, min + minSpan) };
  return max === undefined ? found : { min: Math.min(found.min, max - minSpan), max };
}

/** A range around 0, the neutral colour, unless both ends are given. */
function symmetricRange({ map, range: { min, max }, unit }: Figure): LevelRange {
  if (min !== undefined && max !== undefined) return { min, max };
  const found = percentileRange(map.levels) ?? { min: 0, max: 0 };
  const smallest = (MIN_SPANS[unit] ?? MIN_AUTOMATIC_SPAN_DB) / 2;
  const reach = Math.max(smallest, Math.abs(found.min), Math.abs(found.max));
  const end = Math.abs(min ?? max ?? reach) || reach;
  return { min: -end, max: end };
}

// Draws in bands to limit memory: a 4096 x 4096 image would otherwise need another 128 MB.
const BAND_PX = 65_536 * 4;

/**
 * Splits a view into bands from top to bottom. Their height is a multiple of the hatching period,
 * so that the hatching continues across bands.
 */
function* bandsOf(view: View, hatchPx: number): Generator<View> {
  const { x, y, width, height } = view.rect;
  const rows = hatchPx * Math.max(1, Math.floor(BAND_PX / width / hatchPx));
  for (let from = 0; from < height; from += rows) {
    const rect = { x, y: y + from, width, height: Math.min(rows, height - from) };
    yield { ...view, rect, top: view.top - from / view.pxPerDegY };
  }
}
