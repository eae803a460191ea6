import { expect, test } from 'vitest';
import { readPatternFile } from '#shared/pattern/read-pattern-file';
import { measureCuts } from '../../services/sky-analyst/domain/pattern/measure-cuts.ts';
import { measurePattern } from '../../services/sky-analyst/domain/pattern/measure-pattern.ts';
import { ANTENNAS, type NecAntenna } from '../support/nec/antennas.ts';
import { nec2cOutput } from '../support/nec/nec2c.ts';
import { necPattern, type NecPattern } from '../support/nec/nec-pattern.ts';
import { scanOfNec } from '../support/nec/nec-scan.ts';
import { describeWithPrograms } from '../support/peers.ts';
import { seededRandom } from '../support/samples.ts';

const BACKGROUND_DB = -50;

function antennaOf(name: string): NecAntenna {
  const antenna = ANTENNAS.find((each) => each.name === name);
  if (!antenna) throw new Error(`there is no model of a ${name}`);
  return antenna;
}

function truthOf(name: string): NecPattern {
  return necPattern(antennaOf(name));
}

function measured(truth: NecPattern, elevationDeg: number, azimuthDeg = 123.4) {
  const scan = scanOfNec(truth, {
    stepDeg: 5,
    source: { azimuthDeg, elevationDeg },
    elevations: [0, 180],
    noiseDb: 0.05,
    backgroundDb: BACKGROUND_DB,
    random: seededRandom(11),
  });
  return measurePattern(scan, { background: 10 ** (BACKGROUND_DB / 10) });
}

describeWithPrograms(['nec2c'], 'the pattern of an antenna that NEC computes', () => {
  test('the figures of a Yagi scanned over the whole sphere are those of NEC', () => {
    const truth = truthOf('Yagi');
    const pattern = measured(truth, 0);
    expect(pattern.coverage).toBeGreaterThan(0.99);
    expect(pattern.directivityDbi.isUpperBound).toBe(false);
    expect(Math.abs(pattern.directivityDbi.value - truth.directivityDbi)).toBeLessThan(0.1);
    const back = truth.frontToBackDb ?? NaN;
    expect(Math.abs((pattern.frontToBackDb.opposite?.value ?? NaN) - back)).toBeLessThan(0.3);
    for (const plane of ['azimuth', 'elevation'] as const) {
      const { hpbwDeg } = truth[plane];
      expect(Math.abs((pattern[plane].hpbwDeg?.value ?? NaN) / hpbwDeg - 1)).toBeLessThan(0.01);
      for (const side of ['before', 'after'] as const) {
        const [lobe, expected] = [pattern[plane][side].sideLobe, truth[plane][side].sideLobe];
        expect(Math.abs((lobe?.levelDb.value ?? NaN) - (expected?.levelDb ?? NaN))).toBeLessThan(0.3);
        const offDeg = Math.abs((lobe?.angleDeg.value ?? NaN) - (expected?.angleDeg ?? NaN));
        expect(offDeg).toBeLessThan(hpbwDeg / 10);
      }
    }
  });

  test('with the source at an elevation of 30 degrees, the width is that of the antenna, not of the sweep', () => {
    const truth = truthOf('Yagi');
    // The beam is on both sides of north: no seam.
    const pattern = measured(truth, 30, 0);
    expect(Math.abs((pattern.azimuth.hpbwDeg?.value ?? NaN) / truth.azimuth.hpbwDeg - 1)).toBeLessThan(0.01);
    // Beyond 60 degrees to the right and left, and high above the back, nothing was measured.
    expect(pattern.coverage).toBeGreaterThan(0.6);
    expect(pattern.coverage).toBeLessThan(0.8);
    expect(pattern.directivityDbi.isUpperBound).toBe(true);
    expect(pattern.directivityDbi.value).toBeGreaterThan(truth.directivityDbi - 0.05);
    expect(pattern.warnings.map(({ code }) => code)).toContain('coverage');
  });

  test.each(['Yagi', 'log-periodic'])('the output of nec2c about a %s has its figures', (name) => {
    const antenna = antennaOf(name);
    const truth = necPattern(antenna);
    const cuts = readPatternFile('nec', Buffer.from(nec2cOutput(antenna)));
    const { azimuth, elevation, frontToBackDb } = measureCuts(cuts);
    expect(Math.abs((cuts.gainDbi ?? NaN) - truth.directivityDbi)).toBeLessThan(0.05);
    expect(Math.abs((frontToBackDb.opposite ?? NaN) - (truth.frontToBackDb ?? NaN))).toBeLessThan(0.1);
    for (const [plane, expected] of [
      [azimuth, truth.azimuth],
      [elevation, truth.elevation],
    ] as const) {
      expect(Math.abs((plane.hpbwDeg?.value ?? NaN) / expected.hpbwDeg - 1)).toBeLessThan(0.01);
      for (const side of ['before', 'after'] as const) {
        const [lobe, known] = [plane[side].sideLobe, expected[side].sideLobe];
        if (!known) continue;
        expect(Math.abs((lobe?.levelDb.value ?? NaN) - known.levelDb)).toBeLessThan(0.1);
        expect(Math.abs((lobe?.angleDeg.value ?? NaN) - known.angleDeg)).toBeLessThan(expected.hpbwDeg / 10);
      }
    }
  });
});
