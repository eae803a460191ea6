import { Client } from 'pg';
import { expect, test } from 'vitest';
import { databaseAddress, databaseUrls } from './connection-url.ts';

test.each([
  ['postgres://sky:plain@host:5432/name', 'plain'],
  ['postgres://sky:p#ss@host:5432/name', 'p#ss'],
  ['postgres://sky:p@ss@host:5432/name', 'p@ss'],
  ['postgresql://sky:a/b?c#d@e@host:5432/name?sslmode=disable', 'a/b?c#d@e'],
  ['postgres://sky:p%23ss@host:5432/name', 'p#ss'],
  ['postgres://sky:a:b@host:5432/name', 'a:b'],
  ['postgres://sky:[x]@host:5432/name', '[x]'],
])('%s has the password %s', (url, password) => {
  const [connectionString] = databaseUrls.parse(url);
  expect(new Client({ connectionString })).toMatchObject({
    user: 'sky',
    password,
    host: 'host',
    database: 'name',
  });
});

test.each(['postgres://host/name', 'postgres://sky@host/name'])('%s has none', (url) => {
  expect(databaseUrls.parse(url)).toEqual([url]);
});

test.each([
  ['postgres://sky:p@ss@one:5432,two:5433/name?sslmode=disable', ['one:5432', 'two:5433']],
  ['postgres://one,two,[::1]:6000/name', ['one:5432', 'two:5432', '[::1]:6000']],
])('%s has the servers %j', (url, addresses) => {
  const urls = databaseUrls.parse(url);
  expect(urls.map(databaseAddress)).toEqual(addresses);
  for (const one of urls) expect(new Client({ connectionString: one }).database).toBe('name');
});

test.each([
  'postgres://one,,two/name',
  'postgres://sky:x@/name',
  'mysql://sky:secret@host/name',
  'host/name',
  '',
])('%j is refused', (url) => {
  expect(databaseUrls.safeParse(url).success).toBe(false);
});
