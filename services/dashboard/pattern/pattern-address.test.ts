import { expect, test } from 'vitest';
import { formAddress, parseForm, patternQuery } from './pattern-address.ts';

test.each([
  ['over=sun', 'source=sun'],
  ['over=satellite%3ANOAA+19', 'satellite=NOAA+19'],
  ['over=emitter%3Aa%3Ab%2Cc', 'emitter=a%3Ab%2Cc'],
  ['over=135%2C-0.5', 'azimuth=135&elevation=-0.5'],
  ['over=moon&diameter_m=1.2&background_db=-90', 'source=moon&diameter_m=1.2&background_db=-90'],
  ['', ''],
])('the address %s is kept and asks for %s', (address, asked) => {
  const form = parseForm(new URLSearchParams(address));
  expect(patternQuery(form, undefined, 0)).toBe(asked);
  const kept = Object.entries(formAddress(form)).filter(([, value]) => value !== undefined);
  expect(new URLSearchParams(kept as [string, string][]).toString()).toBe(address);
});

test('an unknown source is none, and what is typed is left to the API to refuse', () => {
  expect(parseForm(new URLSearchParams('over=mars')).kind).toBeUndefined();
  const form = parseForm(new URLSearchParams('over=x,'));
  expect(patternQuery(form, undefined, 0)).toBe('azimuth=x&elevation=');
});

test('the selected band of the spectra is measured', () => {
  const form = parseForm(new URLSearchParams('over=sun'));
  expect(patternQuery(form, { fromHz: 433_900_000.04, toHz: 434_000_000 }, 2)).toBe(
    'source=sun&from_hz=433900000.1&to_hz=434000000&band=2',
  );
});
