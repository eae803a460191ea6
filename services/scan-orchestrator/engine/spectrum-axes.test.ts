import { expect, test } from 'vitest';
import { flatSpectrum } from '../../../test/support/fake-spectra.ts';
import { checkedAxes } from './spectrum-axes.ts';

const at = (centerFrequencyHz: number, channels = 64) =>
  flatSpectrum({ centerFrequencyHz, dbmOffsetDb: undefined, spectrum: { channels } }, -90);

test('the first point defines the channels, and later ones have the same', () => {
  const axes = checkedAxes(undefined, [at(1e8), at(2e8)]);
  expect(axes).toEqual([
    { firstChannelHz: 99e6, channelHz: 31_250, channels: 64 },
    { firstChannelHz: 199e6, channelHz: 31_250, channels: 64 },
  ]);
  expect(checkedAxes(axes, [at(1e8), at(2e8)])).toBe(axes);
});

test.each([
  ['another frequency', at(2.1e8), '64 channels of 31250 Hz from 209000000 Hz'],
  ['another number of channels', at(2e8, 128), '128 channels of 15625 Hz from 199000000 Hz'],
])('%s is a fault of the receiver', (_, changed, text) => {
  const axes = checkedAxes(undefined, [at(1e8), at(2e8)]);
  expect(() => checkedAxes(axes, [at(1e8), changed])).toThrow(
    `band 1 has ${text} instead of 64 channels of 31250 Hz from 199000000 Hz as at the first point: the receiver or its sample rate has changed`,
  );
});
