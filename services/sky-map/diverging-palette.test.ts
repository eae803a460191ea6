import { describe, expect, it } from 'vitest';
import { DIVERGING } from './diverging-palette.ts';
import { paletteOf, shadeOf, type Rgb } from './palettes.ts';

const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

describe('the palette of differences', () => {
  const table = paletteOf(DIVERGING);
  const at = (level: number) => table[shadeOf(level, { min: -3, max: 3 })] as Rgb;

  it('is blue for negative, red for positive and pale for zero differences', () => {
    const [red, , blue] = at(-3);
    expect(blue).toBeGreaterThan(2 * red);
    const [moreRed, , moreBlue] = at(3);
    expect(moreRed).toBeGreaterThan(2 * moreBlue);
    expect(Math.min(...at(0))).toBeGreaterThan(230);
  });

  it('darkens towards both ends', () => {
    for (let shade = 8; shade < 128; shade += 8) {
      expect(luminance(table[128 - shade] as Rgb)).toBeLessThan(luminance(table[136 - shade] as Rgb));
      expect(luminance(table[127 + shade] as Rgb)).toBeLessThan(luminance(table[119 + shade] as Rgb));
    }
  });
});
