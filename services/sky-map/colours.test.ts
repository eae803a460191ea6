import { PALETTES, THEMES } from '#contract/map-options';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellColours, UNMEASURED, packColour } from './cell-colours.ts';
import { paletteOf, parseColour, shadeOf, type Rgb } from './palettes.ts';
import { autoRange, formatLevel, levelTicks } from './range.ts';
import { hatchOf, themeOf } from './themes.ts';

const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

describe('palettes', () => {
  it.each([
    ['viridis', [68, 1, 84], [253, 231, 37]],
    ['inferno', [0, 0, 4], [252, 255, 164]],
    ['plasma', [13, 8, 135], [240, 249, 33]],
    ['cividis', [0, 32, 81], [253, 234, 69]],
  ] as const)('%s has 256 colours of increasing lightness', (name, first, last) => {
    const table = paletteOf(name);
    expect(table).toHaveLength(256);
    expect(table[0]).toEqual(first);
    expect(table[255]).toEqual(last);
    for (let n = 16; n < 256; n++)
      expect(luminance(table[n] as Rgb)).toBeGreaterThan(luminance(table[n - 16] as Rgb));
  });

  it.each(THEMES.flatMap((theme) => PALETTES.map((palette) => [theme, palette] as const)))(
    'the hatching of the %s theme differs from all colours of %s',
    (theme, palette) => {
      for (const tone of hatchOf(themeOf(theme)))
        for (const colour of paletteOf(palette))
          expect(Math.hypot(...colour.map((part, n) => part - (tone[n] as number)))).toBeGreaterThan(12);
    },
  );

  it.each([
    [-100, 0],
    [-120, 0],
    [-95, 128],
    [-90.0001, 255],
    [-90, 255],
    [0, 255],
  ])('level %d in -100..-90 has colour %d', (level, shade) => {
    expect(shadeOf(level, { min: -100, max: -90 })).toBe(shade);
  });

  it.each([
    ['#fff', [255, 255, 255]],
    ['#102030', [16, 32, 48]],
    ['rgb(1, 2, 3)', [1, 2, 3]],
    ['rgba(1, 2, 3, 0.5)', [1, 2, 3]],
  ])('parses %s', (text, colour) => expect(parseColour(text)).toEqual(colour));

  it('rejects other text', () => expect(() => parseColour('reddish')).toThrow('reddish is not a colour'));
});

describe('colours of cells', () => {
  it('follow levels, range and palette; unmeasured cells have none', () => {
    const levels = Float32Array.of(-100, NaN, -90);
    const colours = new CellColours(levels);
    colours.recolour({ min: -100, max: -90 }, 'viridis');
    expect([...colours.packed]).toEqual([packColour([68, 1, 84]), UNMEASURED, packColour([253, 231, 37])]);
    levels[1] = -90;
    colours.update(1);
    expect(colours.packed[1]).toBe(colours.packed[2]);
    colours.recolour({ min: -90, max: -80 }, 'viridis');
    expect(colours.packed[1]).toBe(packColour([68, 1, 84]));
  });
});

describe('the automatic range', () => {
  it('spans the 1st to the 99th percentile of the measured levels', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constant(NaN), fc.double({ min: -200, max: 50, noNaN: true })), {
          maxLength: 500,
        }),
        (values) => {
          const levels = Float32Array.from(values);
          const sorted = levels.filter((level) => !Number.isNaN(level)).sort();
          const range = autoRange(levels);
          if (sorted.length === 0) {
            expect(range).toBeUndefined();
            return;
          }
          const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
          if (at(0.99) - at(0.01) >= 3) expect(range).toEqual({ min: at(0.01), max: at(0.99) });
          else expect((range?.max ?? 0) - (range?.min ?? 0)).toBeCloseTo(3, 6);
        },
      ),
    );
  });

  it('spans at least 3 dB, so that colours do not amplify noise', () => {
    const levels = Float32Array.from({ length: 500 }, (_, n) => -90 + 0.05 * Math.sin(n * 7919));
    const { min, max } = autoRange(levels) ?? { min: 0, max: 0 };
    expect(max - min).toBeCloseTo(3, 4);
    expect((min + max) / 2).toBeCloseTo(-90, 1);
  });

  it('ignores one carrier in a thousand cells', () => {
    const levels = Float32Array.from({ length: 1000 }, (_, n) => (n === 500 ? 0 : -100 + (n % 10)));
    expect(autoRange(levels)).toEqual({ min: -100, max: -91 });
  });

  it('is the same for a sample of very many levels', () => {
    const levels = Float32Array.from({ length: 1_000_000 }, (_, n) => -100 + ((n * 7919) % 1000) / 100);
    const { min, max } = autoRange(levels) ?? { min: 0, max: 0 };
    expect(min).toBeCloseTo(-99.9, 1);
    expect(max).toBeCloseTo(-90.1, 1);
  });

  it.each([
    [{ min: -99.3, max: -93.1 }, 5, [-98, -96, -94]],
    [{ min: -100, max: -50 }, 5, [-100, -90, -80, -70, -60, -50]],
    [{ min: -0.1, max: 0.1 }, 4, [-0.1, -0.05, 0, 0.05, 0.1]],
  ])('%o has round ticks', (range, most, ticks) => expect(levelTicks(range, most)).toEqual(ticks));

  it.each([
    [-92.46, 1, '−92.5'],
    [-0.01, 1, '0.0'],
    [3, 0, '3'],
  ])('writes %d with %d decimals', (level, decimals, text) =>
    expect(formatLevel(level, decimals)).toBe(text),
  );
});
