import { describe, expect, it } from 'vitest';
import { bandRows, bandsOf, bandsText, coverRange } from './band-rows.ts';

it.each(['', '433.92,2', '433.92,2;868.3,0.5', ',', '433.92,'])('the text %j has rows', (text) => {
  expect(bandsText(bandRows(text))).toBe(text);
});

it('the request has hertz; null for what is not a number', () => {
  expect(bandsOf(bandRows('433.92,2;x,'))).toEqual([
    { center_frequency_hz: 433_920_000, bandwidth_hz: 2_000_000 },
    { center_frequency_hz: null, bandwidth_hz: null },
  ]);
});

describe('a range of frequencies', () => {
  it('is one band if it is narrow enough', () => {
    expect(coverRange(433e6, 435e6, 2e6)).toEqual([['434', '2']]);
  });

  it('is covered by the fewest bands of equal width', () => {
    expect(coverRange(430e6, 435e6, 2e6)).toEqual([
      ['430.833333', '1.666666'],
      ['432.5', '1.666666'],
      ['434.166667', '1.666666'],
    ]);
  });

  it.each([
    [435e6, 435e6, 2e6],
    [435e6, 430e6, 2e6],
    [NaN, 430e6, 2e6],
    [430e6, 435e6, 0],
  ])('%d..%d Hz in bands of %d Hz is nothing', (fromHz, toHz, widthHz) => {
    expect(coverRange(fromHz, toHz, widthHz)).toBeUndefined();
  });
});
