import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { parseNetworks } from '#shared/runtime/network-addresses';
import { createAddressResolver, DEFAULT_NETWORKS } from './address.ts';

function resolver(networks = DEFAULT_NETWORKS) {
  const addresses = createAddressResolver(parseNetworks(networks));
  addresses.refusePort(50052);
  return addresses.resolve;
}

describe('addresses of rotctld', () => {
  test.each(['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.20', '::1', 'fd00::1'])(
    '%s is allowed',
    async (host) => {
      await expect(resolver()(host, 4533)).resolves.toMatchObject({ addresses: [host], port: 4533 });
    },
  );

  test.each([
    '8.8.8.8',
    '172.32.0.1',
    '169.254.169.254',
    '224.0.0.1',
    '0.0.0.0',
    '::',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
  ])('%s is refused', async (host) => {
    await expect(resolver()(host, 4533)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each(['169.254.169.254', '0.0.0.0', '::ffff:169.254.169.254', 'fe80::1', '224.0.0.1'])(
    '%s is refused whatever ROTCTLD_NETWORKS says',
    async (host) => {
      await expect(resolver('0.0.0.0/0,::/0')(host, 4533)).rejects.toMatchObject({ kind: 'unavailable' });
    },
  );

  test('a name is resolved and its address is checked', async () => {
    const place = await resolver()('localhost', 4533);
    expect(place.addresses[0]).toBe('127.0.0.1');
    expect(place.keys).toEqual(['127.0.0.1 4533']);
    await expect(resolver('10.0.0.0/8')('localhost', 4533)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const lan = own.filter(({ internal, address }) => !internal && !address.startsWith('fe80')).slice(0, 2);
  test.each([
    '127.0.0.1',
    '127.1',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.0.0.53',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
    '::FFFF:7f00:1',
    '0:0:0:0:0:ffff:127.0.0.1',
    'localhost',
    'LOCALHOST.',
    ...lan.map(({ address }) => address),
  ])('%s is this host', async (host) => {
    expect((await resolver('0.0.0.0/0,::/0')(host, 4533)).keys).toEqual(['127.0.0.1 4533']);
    await expect(resolver('0.0.0.0/0,::/0')(host, 50052)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['192.168.201.7', '::ffff:192.168.201.7'],
    ['fd00::ab', 'FD00:0:0::00AB'],
  ])('%s and %s are the same address', async (one, other) => {
    const [first, second] = await Promise.all([resolver()(one, 4533), resolver()(other, 4533)]);
    expect(second).toEqual(first);
    expect((await resolver()(one, 4534)).keys).not.toEqual(first.keys);
  });

  test.each(['0', '::ffff:0.0.0.0', '::ffff:a9fe:a9fe', 'fe80::1%lo', '0.0.0.0.'])(
    '%s is refused in every spelling',
    async (host) => {
      await expect(resolver('0.0.0.0/0,::/0')(host, 4533)).rejects.toMatchObject({ kind: 'unavailable' });
    },
  );

  test.each([
    ['8.8.8.8', 4533, 'rotctld at 8.8.8.8:4533 is not allowed: it is not in the networks'],
    ['0.0.0.0', 4533, 'rotctld at 0.0.0.0:4533 is not allowed: unspecified, link-local'],
    ['127.0.0.1', 50052, 'rotctld at 127.0.0.1:50052 is not allowed: it is the port of rotor-driver itself'],
    ['nobody.invalid', 4533, 'rotctld at nobody.invalid:4533 is not found: no such host'],
  ])('%s:%i: the error gives the reason', async (host, port, reason) => {
    const { message } = (await resolver()(host, port).catch((error: unknown) => error)) as Error;
    expect(message).toContain(reason);
  });

  test('the port of rotor-driver itself is refused', async () => {
    await expect(resolver()('127.0.0.1', 50052)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(resolver()('127.8.8.8', 50052)).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(resolver()('10.255.255.254', 50052)).resolves.toMatchObject({ port: 50052 });
  });

  test.each(['', '10.0.0.0', '10.0.0.0/33', 'ten/8', '::/129', '10.0.0.0/8,', '10.0.0.0/-1'])(
    '%j is not a list of networks',
    (text) => {
      expect(() => parseNetworks(text)).toThrow('not a network');
    },
  );
});
