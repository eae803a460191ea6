import { expect, test } from 'vitest';
import { ANY_MOTION, judge, NOTHING_READ, type Judgement } from './plausible.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };

/** Judgements of azimuths read every 100 ms; undefined is no number. */
function judgements(azimuths: (number | undefined)[], of = motion): Judgement[] {
  let state = NOTHING_READ;
  return azimuths.map((azimuthDeg, index) => {
    const reading =
      azimuthDeg === undefined ? undefined : { pointing: { azimuthDeg, elevationDeg: 0 }, atMs: 100 * index };
    const { after, judgement } = judge(state, reading, of);
    state = after;
    return judgement;
  });
}

test.each([
  ['ordinary motion', [0, 0.6, 1.2, 1.8], ['position', 'position', 'position', 'position']],
  ['a rotor faster than configured', [0, 2, 4, 6], ['position', 'position', 'position', 'position']],
  ['one jump', [10, 90, 10.1], ['position', 'ignore', 'position']],
  ['one readback without a number', [10, undefined, 10.1], ['position', 'ignore', 'position']],
  ['two in a row', [10, undefined, 200, 10.2], ['position', 'ignore', 'ignore', 'position']],
  ['three in a row', [10, 90, undefined, 90], ['position', 'ignore', 'ignore', 'fault']],
] as [string, (number | undefined)[], Judgement[]][])('%s', (_, azimuths, expected) => {
  expect(judgements(azimuths)).toEqual(expected);
});

test('of a rotator that is to be measured only nonsense is none', () => {
  const quick = [0, 40, 80, undefined, 120];
  expect(judgements(quick)).toContain('fault');
  expect(judgements(quick, ANY_MOTION)).toEqual(['position', 'position', 'position', 'ignore', 'position']);
});

test('a position that is reported only at rest is judged by the time since the last change, on each axis', () => {
  const still = Array.from({ length: 20 }, () => 0);
  expect(judgements([...still, 40]).at(-1)).toBe('position');
  expect(judgements([...still, 90]).at(-1)).toBe('ignore');
  const moving = still.map((_, i) => 0.6 * i);
  expect(judgements([...moving, 51]).at(-1)).toBe('ignore');
});
