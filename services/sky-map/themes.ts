import type { THEMES } from '#contract/map-options';
import { parseColour, type Rgb } from './palettes.ts';

export type ThemeName = (typeof THEMES)[number];

/**
 * What is around the colours of a map. Text has a contrast of at least 7 to the background, quiet
 * text 4.5.
 */
export interface Theme {
  background: string;
  text: string;
  quiet: string;
  /** Rings, spokes and ticks: drawn over the colours, half transparent. */
  grid: string;
  /** Around text and marks that lie on colours. */
  halo: string;
  /** The two tones of the hatching where nothing is measured. */
  unmeasured: readonly [string, string];
}

/** What axes look like. */
export interface AxesStyle {
  theme: Pick<Theme, 'text' | 'quiet' | 'grid' | 'halo'>;
  /** Height of the letters. */
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

/** The hatching as numbers. */
export function hatchOf(theme: Pick<Theme, 'unmeasured'>): readonly [Rgb, Rgb] {
  return [parseColour(theme.unmeasured[0]), parseColour(theme.unmeasured[1])];
}
