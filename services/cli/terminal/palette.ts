import { interpolateViridis } from 'd3-scale-chromatic';
import type { ColourDepth } from './colour-depth.ts';

export type Rgb = readonly [red: number, green: number, blue: number];

/** Viridis, the default palette of the dashboard: perceptually uniform; `share` is 0 to 1. */
export function viridis(share: number): Rgb {
  const hex = interpolateViridis(Math.min(1, Math.max(0, share)));
  const byte = (at: number) => parseInt(hex.slice(at, at + 2), 16);
  return [byte(1), byte(3), byte(5)];
}

/**
 * The escape sequence (SGR) that sets the foreground or background colour; empty without colours.
 */
export function colourCode(
  [red, green, blue]: Rgb,
  layer: 'foreground' | 'background',
  depth: ColourDepth,
): string {
  const code = layer === 'foreground' ? 38 : 48;
  if (depth === 'none') return '';
  if (depth === 'true') return `\u001b[${code};2;${red};${green};${blue}m`;
  return `\u001b[${code};5;${nearestOf256(red, green, blue)}m`;
}

export const RESET = '\u001b[0m';

// The colour cube of xterm: 16 + 36 r + 6 g + b.
const LEVELS = [0, 95, 135, 175, 215, 255];

function nearestOf256(...rgb: [number, number, number]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((value) => {
    const distances = LEVELS.map((level) => Math.abs(level - value));
    return distances.indexOf(Math.min(...distances));
  });
  return 16 + 36 * r + 6 * g + b;
}
