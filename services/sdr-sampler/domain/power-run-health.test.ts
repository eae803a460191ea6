import { describe, expect, test } from 'vitest';
import { createDropCounter } from './dropped-samples.ts';
import { LineSilence } from './line-silence.ts';

/** The number of ticks until the silence lasts too long. */
function ticksUntilTooLong(silence: LineSilence): number {
  for (let ticks = 1; ticks < 100; ticks++) if (silence.tick()) return ticks;
  return Infinity;
}

describe('the silence of rtl_power', () => {
  test('may last 6 s before the first usable line and 2 s after each', () => {
    const silence = new LineSilence();
    expect(ticksUntilTooLong(silence)).toBe(24);
    silence.usable();
    expect(ticksUntilTooLong(silence)).toBe(8);
    expect(silence.description).toBe('has sent no usable line for 2 s');
  });

  test('does not end with an unusable line, whose problem is described', () => {
    const silence = new LineSilence();
    silence.usable();
    expect(silence.unusable('a line without levels')).toBe(true);
    expect(silence.unusable('a line without levels')).toBe(false);
    expect(ticksUntilTooLong(silence)).toBe(8);
    expect(silence.description).toBe('has sent no usable line for 2 s: a line without levels');
    silence.usable();
    expect(silence.unusable('a line without levels')).toBe(true);
  });
});

describe('dropped samples', () => {
  test('are counted for each line', () => {
    const drops = createDropCounter();
    for (let n = 0; n < 3; n++) drops.dropped();
    expect(drops.takeLine()).toBe(3);
    expect(drops.takeLine()).toBe(0);
  });

  test('show a lost dongle only when there are more than 20 in a tick', () => {
    const drops = createDropCounter();
    for (let n = 0; n < 20; n++) expect(drops.dropped()).toBe(false);
    drops.tick();
    for (let n = 0; n < 20; n++) expect(drops.dropped()).toBe(false);
    expect(drops.dropped()).toBe(true);
  });
});
