import type uPlot from 'uplot';
import { cssColour, parseColour } from '#sky-map/palettes';
import { LEAST_AUTOMATIC_SPAN_DB } from '#sky-map/range';
import { FONT } from '#sky-map/surface';

/** Colours of a chart, from the theme. */
export interface ChartColours {
  text: string;
  grid: string;
  line: string;
  /** The line's, half transparent. */
  band: string;
  marker: string;
}

/**
 * Reads the variables of the theme that holds for an element; its name is here so that a change of
 * it is noticed.
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
  };
}

const TEXT_PX = 12;
/** Room above and below the levels, as a share of their span. */
const MARGIN = 0.08;

/**
 * The ends of an axis of levels, dB. As with colours, a span below 3 dB would show noise as
 * structure.
 */
export function levelAxisRange(min: number | null, max: number | null): [number | null, number | null] {
  if (min === null || max === null) return [min, max];
  const half = Math.max((max - min) * (0.5 + MARGIN), LEAST_AUTOMATIC_SPAN_DB / 2);
  return [(min + max) / 2 - half, (min + max) / 2 + half];
}

/** An axis with what it shows and in which unit. */
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
