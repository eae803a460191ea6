import { describe, expect, it } from 'vitest';
import { SkyMap } from '#sky-map/sky-map';
import { columnCut, rowCut } from './cuts.ts';
import { highestCell } from './highest-cell.ts';
import { statisticsOf } from './statistics.ts';
import { describeCut, degText, explainMissingCut, describeStatistics } from './descriptions.ts';

const map = new SkyMap({
  kind: 'rectangular',
  azStartDeg: 350,
  azEndDeg: 10,
  elStartDeg: -5,
  elEndDeg: 5,
  stepDeg: 5,
});
map.set(0, 2, -80.04);
map.set(0, 3, -90.06);
const source = { map, stdDb: new Float32Array(map.levels.length) };

describe('descriptions', () => {
  it.each([
    [0.25, false, '0.25°'],
    [-5, false, '−5°'],
    [370, true, '10°'],
    [360, true, '0°'],
    [-10, true, '350°'],
  ])('write %d (azimuth: %s) as %s', (deg, turn, text) => expect(degText(deg, turn)).toBe(text));

  it('use the singular for one cell and explain a missing cut', () => {
    const one = new SkyMap({
      kind: 'rectangular',
      azStartDeg: 0,
      azEndDeg: 0,
      elStartDeg: 20,
      elEndDeg: 20,
      stepDeg: 5,
    });
    one.set(0, 0, -80);
    expect(describeCut(rowCut({ map: one, stdDb: new Float32Array(1) }, 0, 0), 'dBm')).toContain(
      '1 of 1 cell is measured',
    );
    const pointing = { azimuthDeg: -10, elevationDeg: 20 };
    expect(explainMissingCut('elevation', pointing)).toMatch(
      /^This scan has one row, at elevation 20°: .* Scan two/,
    );
    expect(explainMissingCut('azimuth', pointing)).toMatch(
      /^This row has one cell, at azimuth 350°: .* Scan two/,
    );
  });

  it('summarise a cut', () => {
    expect(describeCut(rowCut(source, 0, 0), 'dBm')).toBe(
      'Along elevation −5°: 2 of 5 cells are measured, highest −80.0 dBm at 0°, lowest −90.1 dBm at 5°.',
    );
    expect(describeCut(columnCut(source, 0, 0), 'dBm')).toBe('Along azimuth 350°: no points measured yet.');
  });

  it('summarise statistics', () => {
    const levels = Float32Array.from({ length: 1001 }, (_, n) => -100 + n / 100);
    const statistics = statisticsOf(levels);
    expect(statistics && describeStatistics(statistics, 'dBFS')).toBe(
      '1\u202f001 cells are measured. The median is −95.0 dBFS, 90 % lie between −99.5 and −90.5 dBFS, ' +
        '1 % are above −90.1 dBFS; the highest is −90.0 dBFS.',
    );
  });

  it('include the highest cell', () => {
    expect(highestCell(map)).toEqual({ row: 0, column: 2 });
    expect(highestCell(new SkyMap(map.bounds))).toBeUndefined();
  });
});
