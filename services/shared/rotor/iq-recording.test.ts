import { expect, test } from 'vitest';
import { samplesToRecord } from './iq-recording.ts';

test('a recording of up to 16 MiB is allowed', () => {
  expect(samplesToRecord(100, 2_048_000)).toBe(204_800);
  expect(samplesToRecord(4_096, 2_048_000)).toBe(8_388_608);
  expect(samplesToRecord(37_000, 225_001)).toBe(8_325_037);
});

test.each([
  [4_097, 2_048_000, 'is 16.00 MiB at 2048000 Hz; at most 16 MiB, which is 4096 ms'],
  [0.0001, 2_048_000, 'holds no sample at 2048000 Hz'],
  [0, 2_048_000, 'must be greater than 0'],
  [-5, 2_048_000, 'must be greater than 0'],
  [NaN, 2_048_000, 'must be greater than 0'],
  [Infinity, 2_048_000, 'must be greater than 0'],
])('%d ms at %d Hz are refused with the reason', (durationMs, rateHz, reason) => {
  expect(() => samplesToRecord(durationMs, rateHz)).toThrow(`duration_ms ${durationMs} ${reason}`);
});
