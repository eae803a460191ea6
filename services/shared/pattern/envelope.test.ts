import { expect, test } from 'vitest';
import { dishGainDbi, envelopeDbi } from './envelope.ts';

// From the tests of pycraf (pycraf/antenna/tests/test_antenna.py), an independent implementation of
// ITU-R F.699-7: wavelength 0.21 m, gain 20 dBi.
test.each([
  [1, 1, 19.94331066],
  [2, 1.6681005, 19.36903415],
  [3, 2.7825594, 19.3235294],
  [5, 7.7426368, 16.01027068],
  [6, 12.9154967, 9.66290267],
  [7, 21.5443469, 3.43787921],
  [8, 35.9381366, -2.69759581],
])(
  'the envelope of a dish of %d m at %d degrees is that of an independent program',
  (diameterM, deg, dbi) => {
    expect(envelopeDbi({ diameterM, wavelengthM: 0.21 }, 20, deg)).toBeCloseTo(dbi, 5);
  },
);

test.each([
  ['of 4 m at 1.4 GHz', { diameterM: 4, wavelengthM: 0.21 }],
  ['of 30 m at 10 GHz', { diameterM: 30, wavelengthM: 0.03 }],
  ['of 10 m at 400 MHz', { diameterM: 10, wavelengthM: 0.75 }],
])('the envelope of a dish %s has no steps but at the end of the main lobe', (_, dish) => {
  const gain = dishGainDbi(dish);
  const ratio = dish.diameterM / dish.wavelengthM;
  const mainLobeDeg = (20 / ratio) * Math.sqrt(gain - 2 - 15 * Math.log10(ratio));
  let previous = envelopeDbi(dish, gain, mainLobeDeg + 1e-6);
  for (let deg = mainLobeDeg; deg <= 180; deg *= 1.001) {
    const next = envelopeDbi(dish, gain, deg + 1e-6);
    expect(Math.abs(next - previous)).toBeLessThan(0.2);
    previous = next;
  }
});

test('a dish of 100 wavelengths has 47.7 dBi', () => {
  expect(dishGainDbi({ diameterM: 20, wavelengthM: 0.2 })).toBeCloseTo(47.7, 9);
});
