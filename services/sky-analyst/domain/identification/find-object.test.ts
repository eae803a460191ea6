import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { madeUpElements } from '../../../../test/support/satellite-population.ts';
import { findEmitter, findSatellite } from './find-object.ts';

const [geo, ...lows] = madeUpElements(5, Date.UTC(2026, 10, 30), seededRandom(1));
if (!geo) throw new Error('no elements');
const twins = lows.slice(0, 2).map((of) => ({ ...of, OBJECT_NAME: 'DEBRIS' }));
const all = [geo, ...lows.slice(2), ...twins];
const mast = { name: 'Mast', latitudeDeg: 50, longitudeDeg: 8, heightM: 200, frequencies: [] };

describe('a satellite', () => {
  test.each([
    ['its name', 'GEO 0'],
    ['its name in other letters', ' geo 0 '],
    ['its catalogue number', '100000'],
  ])('is found by %s', (_, asked) => {
    expect(findSatellite(all, asked)).toEqual({ elements: geo, maxAgeDays: 14 });
  });

  test('in a low orbit has elements that age sooner', () => {
    expect(findSatellite(all, 'LEO 4').maxAgeDays).toBe(3);
  });

  test.each([
    ['GEO', 'satellite "GEO" is none of the 5 known ones; similar: GEO 0'],
    ['7', 'satellite "7" is none of the 5 known ones'],
    ['debris', '2 satellites are named "debris": use a catalogue number: 100001, 100002'],
  ])('that is asked for as %s is refused', (asked, message) => {
    expect(() => findSatellite(all, asked)).toThrow(message);
  });
});

describe('an emitter', () => {
  test('is found by its name', () => {
    expect(findEmitter([{ ...mast, name: 'Tower' }, mast], 'mast')).toBe(mast);
  });

  test.each([
    ['Tower', 'emitter "Tower" is none of the 2 known ones'],
    ['Mast', '2 emitters are named "Mast": give them different names'],
  ])('%s is refused', (asked, message) => {
    expect(() => findEmitter([mast, mast], asked)).toThrow(message);
  });
});
