import type { PALETTES } from '#contract/map-options';
import {
  interpolateCividis,
  interpolateInferno,
  interpolatePlasma,
  interpolateViridis,
} from 'd3-scale-chromatic';
import { DIVERGING, divergingColour } from './diverging-palette.ts';

/** A palette for levels, or the one for differences. */
export type PaletteName = (typeof PALETTES)[number] | typeof DIVERGING;

/** Red, green, blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

const SHADES = 256;

const INTERPOLATE: Record<PaletteName, (share: number) => string> = {
  viridis: interpolateViridis,
  inferno: interpolateInferno,
  plasma: interpolatePlasma,
  cividis: interpolateCividis,
  [DIVERGING]: divergingColour,
};

const tables = new Map<PaletteName, readonly Rgb[]>();

/** 256 colours, from the lowest level to the highest. */
export function paletteOf(name: PaletteName): readonly Rgb[] {
  const known = tables.get(name);
  if (known) return known;
  const table = Array.from({ length: SHADES }, (_, shade) =>
    parseColour(INTERPOLATE[name](shade / (SHADES - 1))),
  );
  tables.set(name, table);
  return table;
}

/** Index of a level's colour, 0 to 255. Levels outside the range have the colours of its ends. */
export function shadeOf(level: number, range: { min: number; max: number }): number {
  const shade = Math.floor(((level - range.min) / (range.max - range.min)) * SHADES);
  return shade < 0 ? 0 : shade >= SHADES ? SHADES - 1 : shade;
}

/** `#rgb`, `#rrggbb` or `rgb(r, g, b)`. Throws a RangeError for anything else. */
export function parseColour(text: string): Rgb {
  const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text.replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3'));
  if (hex) return [parseInt(hex[1] ?? '', 16), parseInt(hex[2] ?? '', 16), parseInt(hex[3] ?? '', 16)];
  const rgb = /^rgba?\((\d+)[, ]+(\d+)[, ]+(\d+)/.exec(text);
  if (!rgb) throw new RangeError(`${text} is not a colour of the form #rrggbb or rgb(r, g, b)`);
  return [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
}

/** `rgb(r, g, b)`. */
export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
