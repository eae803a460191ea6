import { describe, expect, it } from 'vitest';
import { bandBetween, channelsOfKey, frequencyAt, moveHandle, shareOf } from './brush.ts';

// Ten channels of 100 Hz that cover 1,000 to 2,000 Hz.
const CHANNELS = { first_channel_hz: 1_050, channel_hz: 100, channels: 10 };

describe('a brushed band', () => {
  it.each([
    ['covers the channels that it touches', 1_120, 1_380, 1_100, 1_400],
    ['is the same in the other direction', 1_380, 1_120, 1_100, 1_400],
    ['has at least one channel', 1_520, 1_520, 1_500, 1_600],
    ['does not take a channel that it only meets', 1_100, 1_300, 1_100, 1_300],
    ['ends at the ends of the spectrum', -500, 9_000, 1_000, 2_000],
    ['is the last channel beyond the end', 9_000, 9_500, 1_900, 2_000],
  ])('%s', (_name, aHz, bHz, fromHz, toHz) => {
    expect(bandBetween(CHANNELS, aHz, bHz)).toEqual({ fromHz, toHz });
  });
});

describe('a handle', () => {
  const band = { fromHz: 1_200, toHz: 1_500 };
  it.each([
    ['from', 1, 1_300, 1_500],
    ['from', -Infinity, 1_000, 1_500],
    ['from', 10, 1_400, 1_500],
    ['to', -10, 1_200, 1_300],
    ['to', Infinity, 1_200, 2_000],
  ] as const)('%s moves by %d channels to %d..%d', (handle, by, fromHz, toHz) => {
    expect(moveHandle(CHANNELS, band, handle, by)).toEqual({ fromHz, toHz });
  });

  it('follows the keys', () => {
    expect(channelsOfKey('ArrowRight', false)).toBe(1);
    expect(channelsOfKey('ArrowLeft', true)).toBe(-10);
    expect(channelsOfKey('Enter', false)).toBeUndefined();
  });
});

it('positions are shares of the view', () => {
  const view = { fromHz: 1_000, toHz: 2_000 };
  expect(frequencyAt(view, 0.25)).toBe(1_250);
  expect([shareOf(view, 1_250), shareOf(view, 500), shareOf(view, 3_000)]).toEqual([0.25, 0, 1]);
});
