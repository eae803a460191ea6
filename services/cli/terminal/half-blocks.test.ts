import { describe, expect, test } from 'vitest';
import { createSkyGrid, type SkyGrid } from '../scan/sky-grid.ts';
import type { ColourDepth } from './colour-depth.ts';
import { drawMap } from './half-blocks.ts';

function grid(
  azEndDeg: number,
  elEndDeg: number,
  kind: 'rectangular' | 'equal_area' = 'rectangular',
): SkyGrid {
  return createSkyGrid({ kind, azStartDeg: 0, azEndDeg, elStartDeg: 0, elEndDeg, stepDeg: 10 });
}
function fill(sky: SkyGrid, level: (row: number, column: number) => number): SkyGrid {
  for (let row = 0; row < sky.rows; row++)
    for (let column = 0; column < sky.columnsOf(row); column++) sky.set(row, column, level(row, column));
  return sky;
}
const space = (width: number, height: number, depth: ColourDepth = 'none') => ({
  width,
  height,
  depth,
  unit: 'dBm',
});
/** Strips colours, margins, azimuths and legend. */
const body = (lines: string[]) =>
  lines.slice(0, -2).map((line) => line.replace(/\u001b\[[\d;]*m/g, '').slice(6));

describe('a map without colours', () => {
  test.each([1, 2])('of %d rows has at most four lines per row', (rows) => {
    const lines = drawMap(grid(30, (rows - 1) * 10), space(40, 26)).slice(0, -2);
    expect(lines).toHaveLength(4 * rows);
  });

  test('of noise alone spans 3 dB', () => {
    const lines = drawMap(
      fill(grid(30, 10), (row) => -90 + row / 20),
      space(40, 10),
    );
    expect(lines.at(-1)).toContain('-91.5 ▁▂▃▄▅▆▇█ -88.5 dBm');
  });

  test.each([
    ['of four lines each', 10, 14, ['10°', '0°']],
    ['of one row', 0, 12, ['0°']],
    ['of a line each', 90, 12, ['90°', '40°', '0°']],
  ])('labels every elevation once: rows %s', (_, elEndDeg, height, expected) => {
    const lines = drawMap(grid(30, elEndDeg), space(40, height)).slice(0, -2);
    expect(lines.map((line) => line.slice(0, 6).trim()).filter((label) => label !== '')).toEqual(expected);
  });

  test('has the lowest elevation at the bottom, and azimuth to the right', () => {
    const sky = grid(30, 20);
    sky.set(0, 0, -100);
    sky.set(0, 3, -60);
    sky.set(2, 1, -80);
    expect(drawMap(sky, space(10, 5))).toEqual([
      '  20° ·▅··',
      '      ····',
      '   0° ▁··█',
      '      0°',
      '      -100.0 ▁▂▃▄▅▆▇█ -60.0 dBm   · not measured',
    ]);
  });

  test('without measured cells has no scale', () => {
    expect(drawMap(grid(30, 10), space(10, 4))).toEqual([
      '  10° ····',
      '   0° ····',
      '      0°',
      '      · not measured',
    ]);
  });

  test('gives every cell the same whole number of characters', () => {
    const lines = body(
      drawMap(
        fill(grid(30, 10), (row, column) => row * 4 + column),
        space(6 + 11, 8),
      ),
    );
    expect(lines).toEqual(['▅▅▆▆▇▇██', '▅▅▆▆▇▇██', '▅▅▆▆▇▇██', '▁▁▂▂▃▃▄▄', '▁▁▂▂▃▃▄▄', '▁▁▂▂▃▃▄▄']);
  });

  test('with less space than cells shows the strongest cell of each character', () => {
    const sky = fill(grid(350, 70), () => -100);
    sky.set(5, 17, -50);
    const lines = body(drawMap(sky, space(6 + 12, 6)));
    expect(lines.map((line) => line.length)).toEqual([12, 12, 12, 12]);
    expect(lines.map((line) => line.indexOf('█'))).toEqual([-1, 5, -1, -1]);
    expect(lines.join('').replaceAll('▁', '')).toBe('█');
  });

  test('of one level is in the middle of its scale', () => {
    expect(
      body(
        drawMap(
          fill(grid(0, 0), () => -90),
          space(7, 3),
        ),
      ),
    ).toEqual(['▅']);
  });
});

describe('a map with colours', () => {
  const yellow = '\u001b[38;2;253;231;37m';
  const purple = (of: 38 | 48) => `\u001b[${of};2;68;1;84m`;

  test('draws two rows per line', () => {
    const sky = grid(10, 10);
    sky.set(1, 0, -50);
    sky.set(0, 0, -100);
    const [line] = drawMap(sky, space(8, 3, 'true'));
    expect(line).toBe(`  10° ${yellow}${purple(48)}▀\u001b[0m·\u001b[0m`);
  });

  test('shows the background of the terminal in unmeasured cells', () => {
    const sky = grid(10, 10);
    sky.set(1, 0, -50);
    sky.set(0, 1, -100);
    const [line] = drawMap(sky, space(8, 3, 'true'));
    expect(line).toBe(`  10° \u001b[0m${yellow}▀\u001b[0m${purple(38)}▄\u001b[0m`);
  });

  test('of an odd number of rows leaves the upper half of the top line empty', () => {
    const lines = body(
      drawMap(
        fill(grid(0, 20), () => -90),
        space(7, 4, '256'),
      ),
    );
    expect(lines).toEqual(['▄', '▀']);
  });

  test('uses the 256 colours of a terminal without true colour', () => {
    const text = drawMap(
      fill(grid(30, 30), (row, column) => row + column),
      space(20, 6, '256'),
    ).join('');
    expect(text).toMatch(/\u001b\[38;5;\d+m/);
    expect(text).not.toMatch(/;2;/);
  });
});

describe('a map with added points', () => {
  // Two columns and rows of 10 degrees; points every 5 degrees, one in the cell at (10, 10).
  const refined = () => {
    const bounds = { kind: 'rectangular' as const, azStartDeg: 0, azEndDeg: 10, elStartDeg: 0, elEndDeg: 10 };
    const sky = fill(createSkyGrid({ ...bounds, stepDeg: 10 }, 5), () => -100);
    sky.set(2, 0, -60, { azimuth: 5 / Math.cos(Math.PI / 18), elevation: 10 });
    return sky;
  };

  test('shows them as the part of the map that they cover', () => {
    const lines = body(drawMap(refined(), space(6 + 12, 10)));
    // From 2.5 to 7.6 degrees of azimuth and from 7.5 to 12.5 of elevation, of a map that begins
    // at -5 and -5; a character is 1.67 degrees wide and 2.5 high.
    expect(lines).toEqual([
      '▁▁▁▁▁▁▁▁▁▁▁▁',
      '▁▁▁▁▁███▁▁▁▁',
      '▁▁▁▁▁███▁▁▁▁',
      ...Array.from({ length: 5 }, () => '▁▁▁▁▁▁▁▁▁▁▁▁'),
    ]);
  });

  test('shows the strongest of a character that covers whole cells', () => {
    expect(body(drawMap(refined(), space(6 + 2, 4)))).toEqual(['▁█', '▁▁']);
    expect(body(drawMap(refined(), space(6 + 1, 3)))).toEqual(['█']);
  });

  test('ignores them without a refinement', () => {
    const sky = grid(10, 10);
    sky.set(2, 0, -60, { azimuth: 5, elevation: 10 });
    expect(sky.range()).toBeUndefined();
  });
});

test('rows of an equal-area grid are equally wide, with fewer cells towards the zenith', () => {
  const sky = fill(grid(360, 80, 'equal_area'), (_row, column) => column);
  const lines = body(drawMap(sky, space(6 + 36, 11)));
  expect(new Set(lines.map((line) => line.length))).toEqual(new Set([36]));
  expect(lines.map((line) => new Set(line).size)[0]).toBeLessThan(8);
});

test.each([
  [1, 1],
  [7, 3],
  [40, 12],
  [200, 60],
])('every grid fits into %d x %d', (width, height) => {
  for (const depth of ['none', 'true'] as const)
    for (const sky of [grid(0, 0), grid(350, 80), grid(350, 80, 'equal_area')]) {
      const lines = body(
        drawMap(
          fill(sky, () => -90),
          { width, height, depth, unit: 'dBFS' },
        ),
      );
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, height - 2));
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(Math.max(1, width - 6));
    }
});
