import { expect, test } from 'vitest';
import { knownTuner, TUNER_NAMES, tunerNamed, tunerOfType } from './tuners.ts';

test.each([
  ['Elonics E4000', 'E4000'],
  ['Fitipower FC0012', 'FC0012'],
  ['Fitipower FC0013', 'FC0013'],
  ['FCI 2580', 'FC2580'],
  ['Rafael Micro R820T', 'R820T'],
  // Names used by forks.
  ['Rafael Micro R820T2', 'R820T'],
  ['Rafael Micro R820T/2', 'R820T'],
  ['Rafael Micro R860', 'R820T'],
  ['rafael micro r828d', 'R828D'],
])('%s is known as %s', (title, name) => {
  expect(tunerNamed(title, false)?.name).toBe(name);
});

test.each(['Rafael Micro R999', 'Realtek', '', 'E40000', 'XFC2580X'])('%s is unknown', (title) => {
  expect(tunerNamed(title, true)).toBeUndefined();
});

test('types of the header: 1 to 6 are known', () => {
  expect([1, 2, 3, 4, 5, 6].map((type) => tunerOfType(type)?.name)).toEqual([
    'E4000',
    'FC0012',
    'FC0013',
    'FC2580',
    'R820T',
    'R828D',
  ]);
  for (const type of [0, 7, 99, -1]) expect(tunerOfType(type)).toBeUndefined();
});

const reaches = (tuner: { bandsHz: readonly (readonly [number, number])[] } | undefined, hz: number) =>
  tuner?.bandsHz.some(([low, high]) => hz >= low && hz <= high);

test('a Blog V4 receives short waves, another R828D does not; a server does not tell them apart', () => {
  expect(reaches(tunerNamed('Rafael Micro R828D', true), 7.1e6)).toBe(true);
  expect(reaches(tunerNamed('Rafael Micro R828D', false), 7.1e6)).toBe(false);
  expect(reaches(tunerOfType(6), 7.1e6)).toBe(true);
  expect(reaches(knownTuner('R828D'), 7.1e6)).toBe(false);
});

test('the gaps of the E4000 and of the FC2580 are excluded', () => {
  for (const [name, hz, reached] of [
    ['E4000', 1.0e9, true],
    ['E4000', 1.18e9, false],
    ['E4000', 1.42e9, true],
    ['FC2580', 200e6, true],
    ['FC2580', 400e6, false],
    ['FC2580', 500e6, true],
  ] as const)
    expect(reaches(knownTuner(name), hz)).toBe(reached);
});

test('bands are ordered and every tuner has gains', () => {
  for (const name of TUNER_NAMES) {
    const { bandsHz, gainsDb } = knownTuner(name);
    const edges = bandsHz.flat();
    expect(edges).toEqual([...edges].sort((a, b) => a - b));
    expect(gainsDb.length).toBeGreaterThan(0);
  }
});
