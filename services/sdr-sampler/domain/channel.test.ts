import { describe, expect, test } from 'vitest';
import { linearToDb } from '#shared/sky/units';
import { noiseIq, seededRandom, toneIq } from '../../../test/support/samples.ts';
import { createFft } from '../engine/fft.ts';
import { ChannelMeter, fftSamples, needsChannel } from './channel.ts';

const RATE_HZ = 2_048_000;
const OFFSET_HZ = 500_000;

const noise = noiseIq(204_800, 20, seededRandom(1));

function meterOf(bandwidthHz: number) {
  return new ChannelMeter(
    bandwidthHz,
    RATE_HZ,
    createFft(fftSamples(bandwidthHz, RATE_HZ, 20_480)),
    OFFSET_HZ,
  );
}

function channelDb(iq: Uint8Array, bandwidthHz: number, blockBytes = 4_096): number {
  const meter = meterOf(bandwidthHz);
  for (let at = 0; at < iq.length; at += blockBytes) meter.add(iq.subarray(at, at + blockBytes));
  return linearToDb(meter.fullScalePower());
}

describe('a channel', () => {
  test.each([
    [2_048_000, false],
    [2_000_000, false],
    [1_500_000, true],
    [12_500, true],
  ])('of %d Hz at 2.048 MS/s needs a spectrum: %s', (bandwidthHz, needed) => {
    expect(needsChannel(bandwidthHz, RATE_HZ)).toBe(needed);
  });

  test('has the power of a tone inside it', () => {
    for (const besideHz of [0, 100, 2_000, 12_000, -60_000, 98_000])
      expect(
        Math.abs(
          channelDb(toneIq(40_960, 64, (OFFSET_HZ + besideHz) / RATE_HZ), 200_000) -
            20 * Math.log10(64 / 127.5),
        ),
      ).toBeLessThan(0.1);
  });

  test('has almost no power of a tone outside it', () => {
    expect(channelDb(toneIq(40_960, 64, (OFFSET_HZ + 400_000) / RATE_HZ), 200_000)).toBeLessThan(-45);
  });

  test.each([100_000, 200_000, 900_000])('of %d Hz has its share of white noise', (bandwidthHz) => {
    const whole = linearToDb((2 * 20 ** 2) / 127.5 ** 2);
    const expected = whole + linearToDb(bandwidthHz / RATE_HZ);
    expect(Math.abs(channelDb(noise, bandwidthHz) - expected)).toBeLessThan(0.2);
  });

  test('ignores the DC offset of the tuner', () => {
    const iq = noise.map((code) => code + 6);
    const expected = channelDb(noise, 200_000);
    expect(Math.abs(channelDb(iq, 200_000) - expected)).toBeLessThan(0.05);
  });

  test.each([2, 6, 510, 1_022, 1_024, 65_536, 409_600])(
    'has the same power in blocks of %d bytes',
    (blockBytes) => {
      expect(channelDb(noise, 200_000, blockBytes)).toBe(channelDb(noise, 200_000));
    },
  );

  test('starts again after a reset', () => {
    const meter = meterOf(200_000);
    meter.add(toneIq(20_000, 100, 0.02));
    meter.reset();
    expect(meter.fullScalePower()).toBe(0);
    meter.add(noise);
    expect(linearToDb(meter.fullScalePower())).toBe(channelDb(noise, 200_000));
  });
});
