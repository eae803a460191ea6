import { beforeAll, expect, test } from 'vitest';
import { flagWithAoflagger, missingAoflagger } from '../support/aoflagger.ts';
import { describeUnless } from '../support/peers.ts';
import { createWaterfall, type Waterfall } from '../support/waterfalls.ts';
import { findInterference } from '../../services/sky-analyst/domain/find-interference.ts';

const WATERFALLS = 50;
const FIRST_SEED = 20_000;

interface Score {
  /** Share of the values with interference that are flagged. */
  recall: number;
  /** Share of the other values that are flagged. */
  falseAlarms: number;
}

describeUnless(missingAoflagger(), 'the mask of 50 waterfalls, compared with that of AOFlagger', () => {
  let theirs: Score;
  let ours: Score;
  beforeAll(() => {
    const waterfalls = Array.from({ length: WATERFALLS }, (_, k) => createWaterfall(FIRST_SEED + k));
    theirs = scoreOf(waterfalls, flagWithAoflagger(waterfalls));
    ours = scoreOf(waterfalls, waterfalls.map(flags));
  });

  test('has at most 2 % less of the interference', () => {
    expect(theirs.recall).toBeGreaterThan(0.9);
    expect(ours.recall).toBeGreaterThan(theirs.recall - 0.02);
  });

  test('has at most 0.1 % more false alarms', () => {
    expect(ours.falseAlarms).toBeLessThan(theirs.falseAlarms + 0.001);
  });
});

function flags({ rows, channels, power, independentTransforms }: Waterfall): Uint8Array {
  const states = new Uint8Array(power.length);
  const transforms = new Float64Array(rows).fill(independentTransforms);
  findInterference({ rows, channels, values: power }, states, transforms);
  return states;
}

function scoreOf(waterfalls: readonly Waterfall[], masks: readonly Uint8Array[]): Score {
  const values = [0, 0];
  const flagged = [0, 0];
  waterfalls.forEach(({ truth }, index) => {
    truth.forEach((kind, at) => {
      values[kind] = (values[kind] as number) + 1;
      flagged[kind] = (flagged[kind] as number) + (masks[index]?.[at] as number);
    });
  });
  const [clean, interference] = flagged.map((count, kind) => count / (values[kind] as number));
  return { recall: interference as number, falseAlarms: clean as number };
}
