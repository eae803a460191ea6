import { describe, expect, test } from 'vitest';
import { noiseIq, seededRandom, toneIq } from '../../../test/support/samples.ts';
import { MarkerFinder } from './marker-finder.ts';
import { looksLike, markerOf, type MarkerPhase } from './marker.ts';

const RATE_HZ = 128_000;
const BLOCK_BYTES = 1_024;
const samplesIn = (ms: number) => Math.round((ms * RATE_HZ) / 1000);
const random = seededRandom(11);
const noise = (ms: number, sigma: number) => noiseIq(samplesIn(ms), sigma, random);
/** The last phase of a marker stays. */
const stays = (marker: MarkerPhase[]) =>
  marker.map((phase, at) => (at === 4 ? { ...phase, ms: 100 } : phase));

type Level = (ms: number, gain: MarkerPhase['gain']) => Uint8Array;
const weak: Level = (ms, gain) => noise(ms, gain === 'low' ? 0.3 : 5);
const strong: Level = (ms, gain) => noise(ms, gain === 'low' ? 20 : 90);
const overdriven: Level = (ms, gain) => toneIq(samplesIn(ms), gain === 'low' ? 90 : 9_000, 0.1);
const deaf: Level = (ms) => noise(ms, 10);
const bursts: Level = (ms, gain) => {
  const iq = strong(ms, gain);
  iq.set(noise(0.5, 90), 0);
  return iq;
};

function samplesOf(phases: readonly MarkerPhase[], level: Level): Uint8Array {
  return Buffer.concat(phases.map(({ ms, gain }) => level(ms, gain)));
}

/** Reported start of the marker's last phase; undefined when it is not found. */
function beginOf(iq: Uint8Array, ...watched: MarkerPhase[][]): number | undefined {
  const finder = new MarkerFinder(RATE_HZ);
  for (const marker of watched) finder.watch(marker);
  for (let at = 0; at < iq.length; at += BLOCK_BYTES) {
    const block = iq.subarray(at, at + BLOCK_BYTES);
    const found = finder.push(block);
    if (found) return (at + block.length) / 2 - found.samplesSince;
  }
  return undefined;
}

describe('a marker in the samples', () => {
  test.each([
    ['weak noise', weak],
    ['strong noise', strong],
    ['a carrier that overloads the converter at the lowest gain', overdriven],
    ['noise with bursts', bursts],
  ])('of %s is found to a millisecond', (_, level) => {
    for (const scale of [1, 2, 4])
      for (let code = 0; code < 6; code++) {
        const marker = markerOf(code, scale);
        const iq = samplesOf([{ gain: 'high', ms: 60 }, ...stays(marker)], level);
        const truth = 60 + marker.slice(0, 4).reduce((sum, { ms }) => sum + ms, 0);
        expect(Math.abs((beginOf(iq, marker) ?? 0) - samplesIn(truth))).toBeLessThan(samplesIn(1));
      }
  });

  test('is found although the server executed some commands later than others', () => {
    const marker = markerOf(0, 1);
    const blurred = marker.map((phase, at) => ({ ...phase, ms: phase.ms + ([0, 3, -3, 2, 60][at] ?? 0) }));
    expect(beginOf(samplesOf(blurred, weak), marker)).toBeDefined();
  });

  test('is not found if the gain has no effect', () => {
    const marker = markerOf(2, 1);
    expect(beginOf(samplesOf(stays(marker), deaf), marker)).toBeUndefined();
    expect(
      beginOf(
        samplesOf(stays(marker), (ms) => noise(ms, 0.01)),
        marker,
      ),
    ).toBeUndefined();
  });

  test('is not mistaken for another one', () => {
    const all = [1, 2, 4].flatMap((scale) => [0, 1, 2, 3, 4, 5].map((code) => ({ scale, code })));
    for (const passing of all) {
      const others = all.filter((one) => one !== passing).map(({ code, scale }) => markerOf(code, scale));
      const iq = samplesOf(stays(markerOf(passing.code, passing.scale)), weak);
      expect([passing, beginOf(iq, ...others)]).toEqual([passing, undefined]);
    }
  });

  test('resembles another one only if timers were late', () => {
    const all = [1, 2, 4].flatMap((scale) => [0, 1, 2, 3, 4, 5].map((code) => markerOf(code, scale)));
    for (const one of all)
      for (const other of all)
        expect([one, other, looksLike(one, other)]).toEqual([one, other, one === other]);
    const lasting = (...ms: number[]) => markerOf(0, 1).map((phase, at) => ({ ...phase, ms: ms[at] ?? 0 }));
    // The first one as slow as the second one should be.
    expect(looksLike(lasting(50, 38, 22, 21, 15), markerOf(1, 1))).toBe(true);
    expect(beginOf(samplesOf(lasting(50, 38, 22, 21, 100), weak), markerOf(1, 1))).toBeDefined();
  });
});
