import { expect, test } from 'vitest';
import { ANY_MOTION, checkPlausibility, NOTHING_READ, type PlausibilityVerdict } from './plausibility.ts';

const axis = { speedDegPerS: 6, accelerationDegPerS2: 20 };
const motion = { azimuth: axis, elevation: axis };

/** The verdicts on azimuths read every 100 ms; undefined: not a number. */
function verdicts(azimuths: (number | undefined)[], of = motion): PlausibilityVerdict[] {
  let state = NOTHING_READ;
  return azimuths.map((azimuthDeg, index) => {
    const reading =
      azimuthDeg === undefined ? undefined : { pointing: { azimuthDeg, elevationDeg: 0 }, atMs: 100 * index };
    const { state: next, verdict } = checkPlausibility(state, reading, of);
    state = next;
    return verdict;
  });
}

test.each([
  ['ordinary motion', [0, 0.6, 1.2, 1.8], ['position', 'position', 'position', 'position']],
  ['a rotor faster than configured', [0, 2, 4, 6], ['position', 'position', 'position', 'position']],
  ['one jump', [10, 90, 10.1], ['position', 'ignore', 'position']],
  ['one readback without a number', [10, undefined, 10.1], ['position', 'ignore', 'position']],
  ['two in a row', [10, undefined, 200, 10.2], ['position', 'ignore', 'ignore', 'position']],
  ['three in a row', [10, 90, undefined, 90], ['position', 'ignore', 'ignore', 'fault']],
] as [string, (number | undefined)[], PlausibilityVerdict[]][])('%s', (_, azimuths, expected) => {
  expect(verdicts(azimuths)).toEqual(expected);
});

test('accepts any speed while the speed is unknown', () => {
  const quick = [0, 40, 80, undefined, 120];
  expect(verdicts(quick)).toContain('fault');
  expect(verdicts(quick, ANY_MOTION)).toEqual(['position', 'position', 'position', 'ignore', 'position']);
});

test('allows the distance since the last change of each axis, for controllers that report only at rest', () => {
  const still = Array.from({ length: 20 }, () => 0);
  expect(verdicts([...still, 40]).at(-1)).toBe('position');
  expect(verdicts([...still, 90]).at(-1)).toBe('ignore');
  const moving = still.map((_, i) => 0.6 * i);
  expect(verdicts([...moving, 51]).at(-1)).toBe('ignore');
});
