import { expect, test } from 'vitest';
import { findPage } from './page-addresses.ts';

test.each([
  ['', '', {}],
  ['sessions', 'sessions', {}],
  ['sessions/12', 'sessions/:id', { id: '12' }],
  ['rotors/new', 'rotors/new', {}],
  ['rotors/12', 'rotors/:id', { id: '12' }],
  ['compare/1/2', 'compare/:a/:b', { a: '1', b: '2' }],
])('"%s" is the page %s', (path, address, params) => {
  expect(findPage(path)).toEqual({ address, params });
});

test.each(['nowhere', 'sessions/1/2', 'compare/1', 'start/1', 'api/rotors'])('"%s" is not a page', (path) => {
  expect(findPage(path)).toBeUndefined();
});
