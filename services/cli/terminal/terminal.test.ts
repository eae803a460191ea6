import { describe, expect, test } from 'vitest';
import { colourDepth } from './colour-depth.ts';
import { formatRate } from './rate.ts';
import { colourCode, viridis } from './palette.ts';

describe('colour depth', () => {
  const xterm = { TERM: 'xterm-256color' };
  test.each<[NodeJS.ProcessEnv, boolean, string]>([
    [{ ...xterm, COLORTERM: 'truecolor' }, true, 'true'],
    [{ ...xterm, COLORTERM: '24bit' }, true, 'true'],
    [{ TERM: 'xterm-direct' }, true, 'true'],
    [xterm, true, '256'],
    [{ ...xterm, COLORTERM: 'yes' }, true, '256'],
    [{ ...xterm, COLORTERM: 'truecolor', NO_COLOR: '1' }, true, 'none'],
    [{ ...xterm, NO_COLOR: '' }, true, '256'],
    [{ ...xterm, COLORTERM: 'truecolor' }, false, 'none'],
    [{ TERM: 'dumb' }, true, 'none'],
    [{ TERM: 'linux' }, true, 'none'],
    [{}, true, 'none'],
  ])('%j, terminal %s: %s', (env, isTTY, depth) => expect(colourDepth(env, isTTY)).toBe(depth));
});

describe('the palette', () => {
  test('is viridis and clamps its argument', () => {
    expect([viridis(0), viridis(0.5), viridis(1)]).toEqual([
      [68, 1, 84],
      [33, 145, 140],
      [253, 231, 37],
    ]);
    expect([viridis(-3), viridis(7)]).toEqual([viridis(0), viridis(1)]);
  });

  test('is written in the colour depth of the terminal', () => {
    expect(colourCode([253, 231, 37], 'foreground', 'true')).toBe('\u001b[38;2;253;231;37m');
    expect(colourCode([253, 231, 37], 'background', '256')).toBe('\u001b[48;5;220m');
    expect(colourCode([255, 255, 255], 'foreground', '256')).toBe('\u001b[38;5;231m');
    expect(colourCode([255, 255, 255], 'foreground', 'none')).toBe('');
  });
});

test.each([
  [12.34, '12.3 points/s'],
  [0.5, '30.0 points/min'],
  [0, '0.0 points/s'],
])('%d per second are %s', (perSecond, text) => expect(formatRate(perSecond)).toBe(text));
