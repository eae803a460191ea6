import { describe, expect, it } from 'vitest';
import { imageOf, lineOf, moveSection, seqsOfLine, waterfallRange, zoomSection } from './waterfall-image.ts';

const ANSWER = {
  band: 0,
  unit: 'dBm' as const,
  statistic: 'occupancy' as const,
  first_channel_hz: 1_050,
  channel_hz: 100,
  channels: 3,
  first_seq: 11,
  points_per_row: 5,
  rows: [
    [0, 0.5, null],
    [1, 0.25, 0],
  ],
};

it('a waterfall is an image of shown values', () => {
  const image = imageOf(ANSWER);
  expect(image).toMatchObject({ width: 3, height: 2, view: { fromHz: 1_000, toHz: 1_300 } });
  expect([...image.values]).toEqual([0, 50, NaN, 100, 25, 0]);
  expect(seqsOfLine(image, 1)).toEqual([16, 20]);
  expect([10, 11, 15, 16, 20, 21].map((seq) => lineOf(image, seq))).toEqual([
    undefined,
    0,
    0,
    1,
    1,
    undefined,
  ]);
});

it('the colours reach from the noise to a carrier, but not further than 50 dB', () => {
  const noise = Array.from({ length: 1_000 }, (_, n) => -100 + (n % 5));
  expect(waterfallRange(Float32Array.from([...noise, -70, NaN]))).toEqual({ min: -100, max: -70 });
  expect(waterfallRange(Float32Array.from([...noise, -10]))).toEqual({ min: -100, max: -50 });
  expect(waterfallRange(Float32Array.of(NaN))).toBeUndefined();
});

describe('a section of the points', () => {
  it('is zoomed around a point, which stays in its place', () => {
    expect(zoomSection({ first: 1, last: 100 }, 100, 2, 51)).toEqual({ first: 26, last: 75 });
    expect(zoomSection({ first: 1, last: 100 }, 100, 2, 1)).toEqual({ first: 1, last: 50 });
  });

  it('is at most the session and at least 8 points', () => {
    expect(zoomSection({ first: 26, last: 75 }, 100, 0.1, 51)).toEqual({ first: 1, last: 100 });
    expect(zoomSection({ first: 1, last: 10 }, 100, 4, 5)).toEqual({ first: 2, last: 9 });
    expect(zoomSection({ first: 1, last: 3 }, 3, 4, 2)).toEqual({ first: 1, last: 3 });
  });

  it('moves up to the ends', () => {
    expect(moveSection({ first: 26, last: 75 }, 100, 0.4)).toEqual({ first: 46, last: 95 });
    expect(moveSection({ first: 26, last: 75 }, 100, -1)).toEqual({ first: 1, last: 50 });
    expect(moveSection({ first: 26, last: 75 }, 100, 1)).toEqual({ first: 51, last: 100 });
  });
});
