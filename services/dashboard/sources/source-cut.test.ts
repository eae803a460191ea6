import { expect, test } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { separationDeg } from '#shared/sky/pointing';
import { sourceCuts } from './source-cut.ts';

const BACKGROUND_DB = -92;
const SOURCE = { azimuthDeg: 0.6, elevationDeg: 40.4, peakDb: 10, widthDeg: 6 };

/** A map around north with a Gaussian source on a constant background. */
function mapOf(elStartDeg = 20): SkyMap {
  const map = new SkyMap({
    kind: 'rectangular',
    azStartDeg: 330,
    azEndDeg: 30,
    elStartDeg,
    elEndDeg: elStartDeg + 40,
    stepDeg: 2,
  });
  for (let row = 0; row < map.rows; row++)
    for (let column = 0; column < map.columnsInRow(row); column++) {
      const gain = 2 ** (-4 * (separationDeg(SOURCE, map.pointing(row, column)) / SOURCE.widthDeg) ** 2);
      map.set(row, column, BACKGROUND_DB + 10 * Math.log10(1 + 9 * gain));
    }
  return map;
}

test('the model goes through the levels of a source that is as in the model', () => {
  const { backgroundDb, residualDb, cuts } = sourceCuts(mapOf(), SOURCE) ?? { cuts: [] };
  expect(backgroundDb).toBeCloseTo(BACKGROUND_DB, 4);
  expect(residualDb).toBeLessThan(1e-4);
  // Through the nearest row and column, in degrees on the sky: at 40 degrees, 2 degrees are 1.53.
  expect(cuts.map(({ along, atDeg }) => [along, atDeg])).toEqual([
    ['azimuth', 40],
    ['elevation', 0],
  ]);
  for (const { along, offsetsDeg, levels, model } of cuts) {
    const measured = offsetsDeg.filter((_, n) => levels[n] !== null);
    expect((measured[1] ?? NaN) - (measured[0] ?? NaN)).toBeCloseTo(
      along === 'azimuth' ? 2 * Math.cos(Math.PI / 4.5) : 2,
      6,
    );
    expect(Math.max(...measured.map(Math.abs))).toBeLessThanOrEqual(18);
    expect(offsetsDeg).toEqual(offsetsDeg.toSorted((a, b) => a - b));
    for (const [n, level] of levels.entries()) if (level !== null) expect(model[n]).toBeCloseTo(level, 4);
    // The peak is where the source is, between the points.
    const peak = offsetsDeg[model.indexOf(Math.max(...model))];
    expect(Math.abs(peak ?? NaN)).toBeLessThan(0.3);
  }
});

test('other sources and gaps do not move the background', () => {
  const map = mapOf();
  // Row 10 is at 40 degrees; columns 20 and 18 are at azimuths 10 and 6.
  map.set(10, 20, -70);
  map.set(10, 18, NaN);
  const found = sourceCuts(map, SOURCE);
  expect(found?.backgroundDb).toBeCloseTo(BACKGROUND_DB, 4);
  expect(found?.residualDb).toBeGreaterThan(1);
});

test('outside of the map there are no cuts', () => {
  expect(sourceCuts(mapOf(50), SOURCE)).toBeUndefined();
  expect(sourceCuts(new SkyMap(mapOf().bounds), SOURCE)).toBeUndefined();
});
