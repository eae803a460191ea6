import { Client } from 'pg';
import { expect, test } from 'vitest';
import { databaseUrl } from './connection-url.ts';

test.each([
  ['postgres://sky:plain@host:5432/name', 'plain'],
  ['postgres://sky:p#ss@host:5432/name', 'p#ss'],
  ['postgres://sky:p@ss@host:5432/name', 'p@ss'],
  ['postgresql://sky:a/b?c#d@e@host:5432/name?sslmode=disable', 'a/b?c#d@e'],
  ['postgres://sky:p%23ss@host:5432/name', 'p#ss'],
  ['postgres://sky:a:b@host:5432/name', 'a:b'],
  ['postgres://sky:[x]@host:5432/name', '[x]'],
])('%s has the password %s', (url, password) => {
  expect(new Client({ connectionString: databaseUrl.parse(url) })).toMatchObject({
    user: 'sky',
    password,
    host: 'host',
    database: 'name',
  });
});

test.each(['postgres://host/name', 'postgres://sky@host/name'])('%s has none', (url) => {
  expect(databaseUrl.parse(url)).toBe(url);
});

test.each(['mysql://sky:secret@host/name', 'host/name', ''])('%j is refused', (url) => {
  expect(databaseUrl.safeParse(url).success).toBe(false);
});
