import { expect, it } from 'vitest';
import { currentHashOf, parseHash } from './hash-location.ts';

it('parses the path and the query', () => {
  expect(parseHash('#//scan/sessions/3/').path).toBe('scan/sessions/3');
  expect(parseHash('#/rotors/%E2%98%85%zz').path).toBe('rotors/%E2%98%85%zz');
  const { path, query } = parseHash('#/compare?a=1&b=2?3');
  expect([path, query.get('a'), query.get('b')]).toEqual(['compare', '1', '2?3']);
});

it.each([
  ['#/start', '#/scan'],
  ['#/sessions?status=running&page=2', '#/scan/sessions?status=running&page=2'],
  ['#/sessions/3?cell=1%2C2', '#/scan/sessions/3?cell=1%2C2'],
  ['#/sessions/3?analysis=levels&fit=true', '#/scan/sessions/3/levels?fit=true'],
  ['#/sessions/3?analysis=drift', '#/scan/sessions/3/time'],
  ['#/sessions/3?analysis=unknown', '#/scan/sessions/3'],
  ['#/rotors/new', '#/station/rotors/new'],
])('%s is now %s', (old, current) => {
  expect(currentHashOf(old)).toBe(current);
});

it.each(['', '#/', '#/scan/sessions/3?cell=1,2', '#/nowhere', '#/station/'])('%j stays', (hash) => {
  expect(currentHashOf(hash)).toBeUndefined();
});
