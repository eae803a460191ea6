import { describe, expect, test } from 'vitest';
import { createChannelNoise } from '../../../test/support/kurtosis-noise.ts';
import { flagKurtosis } from './kurtosis-flags.ts';
import { STATE } from './plane.ts';

const CHANNELS = 512;
const TRANSFORMS = 100;
const POINTS = 60;

/** Share of flags in points whose level changes so much that kurtosis + 1 has this factor. */
function flagged(factor: number, transforms = TRANSFORMS): number {
  const channel = createChannelNoise(3);
  let count = 0;
  for (let index = 0; index < POINTS; index++) {
    const values = Float32Array.from(
      { length: CHANNELS },
      () => (channel({ transforms }).kurtosis + 1) * factor - 1,
    );
    const states = new Uint8Array(CHANNELS);
    flagKurtosis({ values, transforms, stepDb: 0, index }, states);
    count += states.filter((state) => state === STATE.flagged).length;
  }
  return count / (POINTS * CHANNELS);
}

describe('the flags of the kurtosis', () => {
  test.each([1, 1.02, 1.2, 2])(
    'are as few as in noise while the level of all channels changes (%d)',
    (factor) => {
      expect(flagged(factor)).toBeGreaterThan(0.0015);
      expect(flagged(factor)).toBeLessThan(0.0045);
    },
  );

  test.each([8, 12, 24])('are as few with %d transforms', (transforms) => {
    expect(flagged(1, transforms)).toBeGreaterThan(0.0015);
    expect(flagged(1, transforms)).toBeLessThan(0.004);
  });

  test('show a signal in a third of the channels, and one that is always on', () => {
    const values = new Float32Array(CHANNELS).fill(1);
    values.fill(2, 0, 170);
    values.fill(0.1, 200, 203);
    const states = new Uint8Array(CHANNELS);
    states[5] = STATE.unusable;
    values[6] = NaN;
    flagKurtosis({ values, transforms: TRANSFORMS, stepDb: 0.01, index: 0 }, states);
    const flags = [...states.keys()].filter((k) => states[k] === STATE.flagged);
    expect(flags).toHaveLength(170 - 2 + 3);
    expect(states[5]).toBe(STATE.unusable);
    expect(states[6]).toBe(STATE.clean);
  });
});
