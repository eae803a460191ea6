import { expect, test } from 'vitest';
import { codeOf, UNKNOWN } from '#shared/spectrum/point-spectrum';
import { carrierChannel } from './carrier.ts';

const codes = (levels: readonly number[]) => Int16Array.from(levels, (level) => codeOf('mean', level));

test.each<[string, number[], number[], number, { channel: number; riseDb: number } | undefined]>([
  ['a carrier', [-100, -60, -99], [-100, -100, -100], 20, { channel: 1, riseDb: 40 }],
  ['a source in all channels', [-80, -79, -81], [-100, -100, -100], 20, undefined],
  ['a carrier that is most of the power', [-100, -60, -100], [-100, -100, -100], 36, undefined],
  ['no channels', [], [], 20, undefined],
])('%s', (_, on, off, totalRiseDb, expected) => {
  expect(carrierChannel(codes(on), codes(off), totalRiseDb)).toEqual(expected);
});

test('channels that are not known are ignored', () => {
  const off = codes([-100, -100]);
  expect(carrierChannel(Int16Array.of(UNKNOWN, codeOf('mean', -70)), off, 5)).toEqual({
    channel: 1,
    riseDb: 30,
  });
  expect(carrierChannel(codes([-60, -100]), Int16Array.of(UNKNOWN, codeOf('mean', -100)), 5)).toBeUndefined();
});
