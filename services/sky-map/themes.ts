import type { THEMES } from '#contract/map-options';
import { parseColour, type Rgb } from './palettes.ts';

export type ThemeName = (typeof THEMES)[number];

/**
 * Colours of a map apart from the palette. The contrast to the background is at least 7 for `text`
 * and 4.5 for `quiet`.
 */
export interface Theme {
  background: string;
  text: string;
  quiet: string;
  /** Translucent colour of rings, spokes and ticks. */
  grid: string;
  /** Outline of text and marks on the map. */
  halo: string;
  /** The two hatching colours of unmeasured cells. */
  unmeasured: readonly [string, string];
}

/** Style of axes. */
export interface AxesStyle {
  theme: Pick<Theme, 'text' | 'quiet' | 'grid' | 'halo'>;
  /** Font size. */
  fontPx: number;
}

const THEME: Record<ThemeName, Theme> = {
  light: {
    background: '#ffffff',
    text: '#1a212b',
    quiet: '#515c6b',
    grid: 'rgba(24, 32, 44, 0.42)',
    halo: 'rgba(255, 255, 255, 0.85)',
    unmeasured: ['#eceef1', '#d3d8df'],
  },
  dark: {
    background: '#10151c',
    text: '#eef2f7',
    quiet: '#9aa7b8',
    grid: 'rgba(225, 234, 245, 0.40)',
    halo: 'rgba(8, 11, 16, 0.85)',
    unmeasured: ['#232a34', '#333d4a'],
  },
};

export function themeOf(name: ThemeName): Theme {
  return THEME[name];
}

/** The hatching colours as RGB. */
export function hatchOf(theme: Pick<Theme, 'unmeasured'>): readonly [Rgb, Rgb] {
  return [parseColour(theme.unmeasured[0]), parseColour(theme.unmeasured[1])];
}
