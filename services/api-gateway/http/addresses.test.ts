import { expect, test } from 'vitest';
import { canonicalHost, createOwnAddresses, isWildcard, parseSubnets } from './addresses.ts';
import { callerOf } from './caller.ts';
import { withoutBase } from './base-path.ts';

test.each([
  ['Sky.LAN', 'sky.lan'],
  ['[::1]', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['[2001:DB8:0:0::5]', '2001:db8::5'],
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::ffff:c0a8:0114', '192.168.1.20'],
  ['fe80::1%eth0', 'fe80::1'],
])('%s is compared as %s', (host, canonical) => {
  expect(canonicalHost(host)).toBe(canonical);
});

test('a server bound to every address accepts the addresses of the machine, which may change', () => {
  let nowMs = 0;
  let own = ['192.168.1.10', '2001:DB8::1'];
  const isOwn = createOwnAddresses(
    () => own,
    () => nowMs,
  );
  expect(['192.168.1.10', '2001:db8::1', '192.168.1.11'].map(isOwn)).toEqual([true, true, false]);
  own = ['192.168.1.11'];
  nowMs = 6_000;
  expect(['192.168.1.10', '192.168.1.11'].map(isOwn)).toEqual([false, true]);
  expect(['0.0.0.0', '::', '0:0::0', '127.0.0.1', '::1'].map(isWildcard)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('subnets', () => {
  const isProxy = parseSubnets(['10.0.0.0/8', 'fd00::1', 'loopback']);
  const asked = [
    '10.1.2.3',
    '::ffff:10.1.2.3',
    '11.0.0.1',
    'fd00:0::1',
    'fd00::2',
    '127.0.0.1',
    '::1',
    '',
    'x',
  ];
  expect(asked.map((address) => isProxy?.(address))).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
    true,
    false,
    false,
  ]);
  for (const item of ['x', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/x', 'fd00::/129'])
    expect(parseSubnets([item])).toBeUndefined();
  expect(parseSubnets(['true'])?.('192.168.1.1')).toBe(true);
});

test.each([
  [
    'a proxy that is not trusted',
    '10.9.9.9',
    { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-host': 'a' },
    '10.9.9.9',
    'h',
  ],
  ['a trusted one', '10.0.0.1', { 'x-forwarded-for': '1.1.1.1', 'x-forwarded-host': 'a' }, '1.1.1.1', 'a'],
  [
    'an address forged by the client',
    '10.0.0.1',
    { 'x-forwarded-for': '127.0.0.1, 2.2.2.2' },
    '2.2.2.2',
    'h',
  ],
  ['two proxies', '10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 2.2.2.2:99, 10.0.0.2' }, '2.2.2.2', 'h'],
  ['IPv6 with a port', '10.0.0.1', { 'x-forwarded-for': '[2001:db8::1]:99' }, '2001:db8::1', 'h'],
  ['an invalid header', '10.0.0.1', { 'x-forwarded-for': 'unknown' }, '10.0.0.1', 'h'],
])('the caller behind %s', (_, remoteAddress, headers, address, host) => {
  const isProxy = parseSubnets(['10.0.0.0/29']) ?? (() => false);
  expect(callerOf({ headers: { host: 'h', ...headers }, socket: { remoteAddress } }, isProxy)).toEqual({
    address,
    host,
  });
});

test.each([
  ['/sky', '/'],
  ['/sky?a', '/?a'],
  ['/sky/api/rotors', '/api/rotors'],
  ['/skyscan', '/skyscan'],
  ['/api/rotors', '/api/rotors'],
])('%s under /sky is %s', (url, inside) => {
  expect(withoutBase(url, '/sky')).toBe(inside);
  expect(withoutBase(url, '')).toBe(url);
});
