import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { reachableHosts } from './own-addresses.ts';

const entry = (address: string, internal = false) =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;
const interfaces = {
  lo: [entry('127.0.0.1', true), entry('::1', true)],
  eth0: [entry('192.168.1.20'), entry('2001:db8::20'), entry('fe80::1')],
  tailscale0: [entry('100.64.0.7')],
};

test.each([
  [undefined, ['127.0.0.1']],
  ['192.168.1.20', ['192.168.1.20']],
  ['::1', ['[::1]']],
  ['0.0.0.0', ['127.0.0.1', '192.168.1.20', '100.64.0.7']],
  ['::', ['127.0.0.1', '192.168.1.20', '[2001:db8::20]', '100.64.0.7']],
])('a server bound to %s is reached at %j', (host, hosts) => {
  expect(reachableHosts(host, interfaces)).toEqual(hosts);
});
