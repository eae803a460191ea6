import { expect, test } from 'vitest';
import { parseHash } from './hash-location.ts';

test('a hash is parsed into a path and a query', () => {
  expect(parseHash('').path).toBe('');
  expect(parseHash('#//sessions/3/').path).toBe('sessions/3');
  expect(parseHash('#/rotors/%E2%98%85%zz').path).toBe('rotors/%E2%98%85%zz');
  const { path, query } = parseHash('#/compare?a=1&b=2?3');
  expect([path, query.get('a'), query.get('b')]).toEqual(['compare', '1', '2?3']);
});
