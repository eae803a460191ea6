import { expect, test } from 'vitest';
import { figureName, formatOfFile } from './comparison.ts';

test.each([
  ['hpbw_azimuth', 'Half-power width, azimuth'],
  ['side_lobe_elevation_before', 'First side lobe, below'],
  ['side_lobe_angle_azimuth_after', 'Angle of the side lobe, right'],
  ['front_to_back_worst', 'Front to back, worst within 30°'],
  ['directivity', 'Directivity'],
  ['cross_polarization', 'cross polarization'],
])('the figure %s is "%s"', (name, text) => {
  expect(figureName(name)).toBe(text);
});

test.each([
  ['a.MSI', 'msi'],
  ['a.b.pln', 'msi'],
  ['a.nsma', 'nsma'],
  ['yagi.out', 'nec'],
  ['a.txt', undefined],
  ['msi', undefined],
])('the file %s has the format %s', (name, format) => {
  expect(formatOfFile(name)).toBe(format);
});
