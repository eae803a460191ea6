import type uPlot from 'uplot';
import { cssColour, parseColour } from '#sky-map/palettes';
import { MIN_AUTOMATIC_SPAN_DB } from '#sky-map/range';
import { FONT } from '#sky-map/surface';

/** Chart colours from the theme. */
export interface ChartColours {
  text: string;
  grid: string;
  line: string;
  /** The colour of the line, transparent. */
  band: string;
  marker: string;
  /** The colour of a CSS variable. */
  of: (variable: string) => string;
}

/**
 * Reads the CSS variables of the current theme. The theme is a parameter so that effects depend on
 * it.
 */
export function coloursOf(element: Element, _theme: 'light' | 'dark'): ChartColours {
  const style = getComputedStyle(element);
  const variable = (name: string) => style.getPropertyValue(name).trim();
  const line = variable('--chart-1');
  return {
    text: variable('--muted'),
    grid: variable('--chart-grid'),
    line,
    band: cssColour(parseColour(line)).replace('rgb(', 'rgba(').replace(')', ', 0.22)'),
    marker: variable('--chart-2'),
    of: variable,
  };
}

const TEXT_PX = 12;
/** Margin above and below the levels, relative to their span. */
const MARGIN = 0.08;

/**
 * The range of a level axis, dB. At least 3 dB, like the colour range: a smaller one would show
 * noise as structure.
 */
export function levelAxisRange(min: number | null, max: number | null): [number | null, number | null] {
  if (min === null || max === null) return [min, max];
  const half = Math.max((max - min) * (0.5 + MARGIN), MIN_AUTOMATIC_SPAN_DB / 2);
  return [(min + max) / 2 - half, (min + max) / 2 + half];
}

/** A labelled axis. */
export function axis(
  colours: ChartColours,
  label: string,
  sizePx: number,
  format?: (value: number) => string,
): uPlot.Axis {
  return {
    label,
    labelSize: 20,
    labelFont: `600 ${TEXT_PX}px ${FONT}`,
    font: `${TEXT_PX}px ${FONT}`,
    size: sizePx,
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1, size: 5 },
    ...(format && { values: (_plot: uPlot, values: number[]) => values.map(format) }),
  };
}
