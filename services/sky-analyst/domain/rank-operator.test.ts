import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STATE } from './plane.ts';
import { extendFlags } from './rank-operator.ts';

function extended(line: string, isColumn = false): string {
  const states = Uint8Array.from(line, (letter) => '.#x'.indexOf(letter));
  if (isColumn) extendFlags(states, line.length, 1);
  else extendFlags(states, 1, line.length);
  return [...states].map((state) => '.#x'[state]).join('');
}

/** Every interval of usable values in which at least 80 % are flagged. */
function slowly(line: string): string {
  const result = Array.from(line);
  const usable = result.flatMap((letter, at) => (letter === 'x' ? [] : [at]));
  for (let first = 0; first < usable.length; first++)
    for (let end = first + 1; end <= usable.length; end++) {
      const interval = usable.slice(first, end);
      const flagged = interval.filter((at) => line[at] === '#').length;
      if (5 * flagged >= 4 * interval.length) for (const at of interval) result[at] = '#';
    }
  return result.join('');
}

describe('the rank operator', () => {
  test.each([
    ['a single flag', '...#...', '...#...'],
    ['four of five', '..##.##..', '..#####..'],
    ['the surroundings, by a fifth in all', '...########...', '.############.'],
    ['across unusable values', '.##x.##.', '.##x###.'],
    ['nothing', '.......', '.......'],
    ['everything', '#######', '#######'],
  ])('flags %s', (_, line, expected) => {
    expect(extended(line)).toBe(expected);
    expect(extended(line, true)).toBe(expected);
  });

  test('flags what the definition flags', () => {
    const line = fc.string({ unit: fc.constantFrom('.', '#', '#', '#', 'x'), minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(line, (text) => {
        expect(extended(text)).toBe(slowly(text));
      }),
    );
  });

  test('works in both directions from the same flags', () => {
    const states = new Uint8Array(49);
    for (const at of [0, 1, 3, 4, 14, 21, 28]) states[at] = STATE.flagged;
    extendFlags(states, 7, 7);
    // Row 0 gains channel 2. Column 0 has rows 0, 2, 3, 4: it gains row 1.
    expect([...states.keys()].filter((at) => states[at] === STATE.flagged)).toEqual([
      0, 1, 2, 3, 4, 7, 14, 21, 28,
    ]);
  });
});
