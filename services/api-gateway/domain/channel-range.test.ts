import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { channelsIn, covers, extentOf } from './channel-range.ts';

// Centres at 100, 110, ... 190 Hz; edges at 95 and 195 Hz.
const band = { firstChannelHz: 100, channelHz: 10, channels: 10 };

describe('the channels of a frequency range', () => {
  test.each([
    ['all', 95, 195, 0, 9],
    ['both ends are centres', 110, 130, 1, 3],
    ['the ends are between centres', 111, 139, 2, 3],
    ['as wide as a channel', 104, 114, 1, 1],
    ['narrow, around a centre', 119, 121, 2, 2],
    ['narrow, in the lower half of a channel', 116, 118, 2, 2],
    ['narrow, in the upper half of a channel', 122, 124, 2, 2],
    ['narrow, around the border of two', 123, 126, 2, 2],
    ['at the lower edge', 95, 96, 0, 0],
    ['at the upper edge', 194, 195, 9, 9],
  ])('%s: %d to %d Hz', (_, fromHz, toHz, firstChannel, lastChannel) => {
    expect(covers(band, { fromHz, toHz })).toBe(true);
    expect(channelsIn(band, { fromHz, toHz })).toEqual({ firstChannel, lastChannel });
  });

  test('are not available outside the edges', () => {
    expect(extentOf(band)).toEqual({ fromHz: 95, toHz: 195 });
    expect(covers(band, { fromHz: 94.9, toHz: 120 })).toBe(false);
    expect(covers(band, { fromHz: 120, toHz: 195.1 })).toBe(false);
  });

  test('exist in every covered range, and their centres are in it if it is wide enough', () => {
    const real = { firstChannelHz: 432_801_171.875, channelHz: 2_343.75, channels: 1_024 };
    const { fromHz: start, toHz: end } = extentOf(real);
    const frequency = fc.double({ min: start, max: end, noNaN: true });
    fc.assert(
      fc.property(frequency, frequency, (one, other) => {
        const [fromHz, toHz] = [Math.min(one, other), Math.max(one, other)];
        const { firstChannel, lastChannel } = channelsIn(real, { fromHz, toHz });
        expect(firstChannel).toBeGreaterThanOrEqual(0);
        expect(lastChannel).toBeGreaterThanOrEqual(firstChannel);
        expect(lastChannel).toBeLessThan(real.channels);
        if (toHz - fromHz < real.channelHz) return;
        const centre = (channel: number) => real.firstChannelHz + channel * real.channelHz;
        expect(centre(firstChannel)).toBeGreaterThanOrEqual(fromHz - 1);
        expect(centre(lastChannel)).toBeLessThanOrEqual(toHz + 1);
        expect(centre(firstChannel - 1)).toBeLessThan(fromHz + 1);
        expect(centre(lastChannel + 1)).toBeGreaterThan(toHz - 1);
      }),
    );
  });
});
