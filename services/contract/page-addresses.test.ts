import { expect, test } from 'vitest';
import { findPage, pathOf } from './page-addresses.ts';

test.each([
  ['', '', {}],
  ['scan', 'scan', {}],
  ['scan/sessions', 'scan/sessions', {}],
  ['scan/sessions/12', 'scan/sessions/:id', { id: '12' }],
  ['scan/sessions/12/spectrum', 'scan/sessions/:id/spectrum', { id: '12' }],
  ['scan/sessions/12/sources', 'scan/sessions/:id/sources', { id: '12' }],
  ['sky/sources/3', 'sky/sources/:id', { id: '3' }],
  ['station/rotors/new', 'station/rotors/new', {}],
  ['station/rotors/12', 'station/rotors/:id', { id: '12' }],
  ['scan/compare/1/2', 'scan/compare/:a/:b', { a: '1', b: '2' }],
] as const)('"%s" is the page %s', (path, address, params) => {
  expect(findPage(path)).toEqual({ address, params });
  expect(pathOf(address, params)).toBe(path);
});

test.each([
  ['start', 'scan'],
  ['sessions', 'scan/sessions'],
  ['sessions/12', 'scan/sessions/12'],
  ['compare/1/2', 'scan/compare/1/2'],
  ['rotors', 'station'],
  ['rotors/new', 'station/rotors/new'],
  ['rotors/12/edit', 'station/rotors/12/edit'],
])('the old address "%s" is the page "%s"', (old, current) => {
  expect(findPage(old)).toEqual(findPage(current));
});

test.each(['nowhere', 'sessions/1/2', 'scan/sessions/1/nothing', 'compare/1', 'start/1', 'api/rotors'])(
  '"%s" is not a page',
  (path) => {
    expect(findPage(path)).toBeUndefined();
  },
);
