import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../test/support/samples.ts';
import { addNoise, createWaterfall } from '../../../test/support/waterfalls.ts';
import { findInterference } from './find-interference.ts';
import { STATE } from './plane.ts';

/**
 * Of SumThreshold and the rank operator in noise; the flags come in groups of up to 100 values.
 */
const FALSE_ALARMS = 0.00025;

interface Scan {
  rows?: number;
  channels?: number;
  independentTransforms?: number;
  seed?: number;
  /** Power of a point relative to the noise of the receiver, at -1 to 1 of the band. */
  sky?: (row: number, x: number) => number;
  /** Added to the power of a channel. */
  signal?: (row: number, channel: number) => number;
}

function flagsOf(scan: Scan): { states: Uint8Array; share: number } {
  const { rows = 240, channels = 1_024, independentTransforms = 190, seed = 1 } = scan;
  const power = Float32Array.from({ length: rows * channels }, (_, at) => {
    const [row, channel] = [Math.floor(at / channels), at % channels];
    const x = (2 * channel) / channels - 1;
    // A filter that is 2 dB weaker at the edges, and the noise of the converter behind it.
    const filter = 10 ** (-0.2 * x * x * (1 + 0.2 * Math.sin(5 * x)));
    return filter * (1 + (scan.sky?.(row, x) ?? 0) + (scan.signal?.(row, channel) ?? 0)) + 0.02;
  });
  addNoise(power, independentTransforms, seededRandom(seed));
  const states = new Uint8Array(power.length);
  const transforms = new Float64Array(rows).fill(independentTransforms);
  findInterference({ rows, channels, values: power }, states, transforms);
  return { states, share: states.reduce((sum, state) => sum + state, 0) / states.length };
}

/** A source of 10 dB that is in the beam for three points of each turn, with a slope of 0.4 dB. */
const sun = (row: number, x: number) => 9 * Math.exp(-2.77 * (((row % 90) - 45) / 3) ** 2) * (1 + 0.05 * x);
/** Falls from 6 dB within 30 points, in each turn. */
const horizon = (row: number) => 3 * Math.exp(-(row % 120) / 30);

describe('the mask of a scan', () => {
  test.each([64, 256, 1_024])('has few flags in noise with %d channels', (channels) => {
    const rows = 131_072 / channels;
    const shares = [1, 2].map((seed) => flagsOf({ rows, channels, seed }).share);
    expect(shares.reduce((sum, share) => sum + share) / shares.length).toBeLessThan(3 * FALSE_ALARMS);
  });

  test.each([20, 190, 4_700])(
    'flags neither the Sun nor the horizon with %d transforms',
    (independentTransforms) => {
      const sky = (row: number, x: number) => sun(row, x) + horizon(row);
      const { states, share } = flagsOf({ sky, independentTransforms });
      expect(share).toBeLessThan(4 * FALSE_ALARMS);
      const near = states.filter((_, at) => Math.abs((Math.floor(at / 1_024) % 90) - 45) <= 4);
      expect(near.reduce((sum, state) => sum + state, 0) / near.length).toBeLessThan(8 * FALSE_ALARMS);
    },
  );

  test('flags a carrier that is always on, at each pointing', () => {
    const signal = (_: number, channel: number) => (channel === 300 || channel === 301 ? 0.2 : 0);
    const { states } = flagsOf({ sky: sun, signal });
    const flagged = [300, 301, 299, 302].map(
      (channel) =>
        states.filter((state, at) => at % 1_024 === channel && state === STATE.flagged).length / 240,
    );
    expect(flagged[0]).toBeGreaterThan(0.98);
    expect(flagged[1]).toBeGreaterThan(0.98);
    expect(flagged[2]).toBeLessThan(0.02);
    expect(flagged[3]).toBeLessThan(0.02);
  });

  test('flags a signal on a fifth of the band in a single point', () => {
    const isSignal = (row: number, channel: number) => row === 222 && channel >= 500 && channel < 700;
    const { states } = flagsOf({ signal: (row, channel) => (isSignal(row, channel) ? 0.3 : 0) });
    const found = states.filter((_, at) => isSignal(Math.floor(at / 1_024), at % 1_024));
    expect(found.reduce((sum, state) => sum + state, 0)).toBeGreaterThan(190);
  });
});

test('a mask of interference of known places has 98 % of them', () => {
  const counts = { truth: 0, found: 0, clean: 0, wrong: 0 };
  for (const seed of [101, 102]) {
    const { rows, channels, power, truth } = createWaterfall(seed);
    const states = new Uint8Array(power.length);
    findInterference({ rows, channels, values: power }, states, new Float64Array(rows).fill(190));
    truth.forEach((isSignal, at) => {
      const isFlagged = states[at] === STATE.flagged ? 1 : 0;
      counts[isSignal === 1 ? 'truth' : 'clean']++;
      counts[isSignal === 1 ? 'found' : 'wrong'] += isFlagged;
    });
  }
  expect(counts.found / counts.truth).toBeGreaterThan(0.98);
  expect(counts.wrong / counts.clean).toBeLessThan(0.015);
});

test('points of which the number of transforms is unknown are flagged by their scatter', () => {
  const [rows, channels] = [300, 128];
  const power = new Float32Array(rows * channels).fill(2);
  addNoise(power, 100, seededRandom(4));
  for (let row = 0; row < rows; row++) power[row * channels + 40] = 3;
  const states = new Uint8Array(power.length);
  findInterference({ rows, channels, values: power }, states, new Float64Array(rows).fill(NaN));
  const channel = states.filter((_, at) => at % channels === 40);
  expect(channel.every((state) => state === STATE.flagged)).toBe(true);
  expect(states.reduce((sum, state) => sum + state, 0) - rows).toBeLessThan(0.005 * states.length);
});
