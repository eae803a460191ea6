import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseNetworks } from '#shared/runtime/network-addresses';
import { createChannelResolver, endpointOf } from './channel-addresses.ts';
import { postJson } from './post-json.ts';

const OWN_PORT = 8080;
const resolver = (networks?: string) =>
  createChannelResolver(networks === undefined ? undefined : parseNetworks(networks), () => [
    { host: 'localhost', port: OWN_PORT },
    { host: '10.7.7.7', port: 50051 },
  ]);
/** As a channel is checked: the address of an URL, which may spell numbers in many ways. */
const check = (url: string, networks?: string) => {
  const { host, port } = endpointOf(url);
  return resolver(networks)(host, port);
};

describe('addresses of channels', () => {
  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://127.1/',
    'http://2130706433/',
    'http://0177.0.0.1/',
    'http://0x7f000001/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://[fd00::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[::7f00:1]/',
    'smtp://127.0.0.1/',
  ])('%s is refused unless its network is allowed', async (url) => {
    await expect(check(url)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('ALERT_NETWORKS') as string,
    });
    await expect(check(url, '0.0.0.0/0,::/0')).resolves.toHaveLength(1);
  });

  test.each([
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/',
    'http://2852039166/',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
    'http://[::]/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
  ])('%s is always refused', async (url) => {
    await expect(check(url, '0.0.0.0/0,::/0')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('link-local') as string,
    });
  });

  test.each(['http://8.8.8.8/', 'https://[2606:4700::1111]/', 'smtps://1.1.1.1/'])(
    '%s is public',
    async (url) => {
      await expect(check(url)).resolves.toHaveLength(1);
    },
  );

  test('a port of Sky Scan on this host is refused, at every address of this host', async () => {
    const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
    for (const { address } of own.filter((entry) => entry.family === 'IPv4'))
      await expect(check(`http://${address}:${OWN_PORT}/`, '0.0.0.0/0')).rejects.toMatchObject({
        message: expect.stringContaining('port of Sky Scan') as string,
      });
    await expect(check('http://127.0.0.1:8081/', '0.0.0.0/0')).resolves.toEqual(['127.0.0.1']);
  });

  test('a service of Sky Scan on another host is refused', async () => {
    const sent = check('http://10.7.7.7:50051/', '10.0.0.0/8');
    await expect(sent).rejects.toMatchObject({
      message: expect.stringContaining('port of Sky Scan') as string,
    });
    await expect(check('http://10.7.7.8:50051/', '10.0.0.0/8')).resolves.toEqual(['10.7.7.8']);
  });

  test('a name without an address is refused with its reason', async () => {
    await expect(check('http://nobody.invalid/')).rejects.toMatchObject({
      message: 'nobody.invalid is not found: no such host',
    });
  });
});

test('the request goes to the address that was checked, whatever the name means afterwards', async () => {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const resolve = (host: string) => {
    asked.push(host);
    return Promise.resolve(['127.0.0.1']);
  };
  await postJson(
    `http://rebound.invalid:${port}/hook`,
    '{}',
    {},
    { resolve, signal: new AbortController().signal },
  );
  expect(asked).toEqual(['rebound.invalid']);
  expect(requests.map(({ url, headers }) => [url, headers.host])).toEqual([
    ['/hook', `rebound.invalid:${port}`],
  ]);
});

test('an address that is refused is not connected to', async () => {
  const resolve = resolver();
  const sent = postJson('http://127.0.0.1:9/', '{}', {}, { resolve, signal: new AbortController().signal });
  await expect(sent).rejects.toMatchObject({ kind: 'invalid' });
});
