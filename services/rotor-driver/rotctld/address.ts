import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SkyScanError } from '#shared/errors';
import type { Endpoint } from './connection.ts';

/** Loopback and private networks, where rotators live. */
export const DEFAULT_NETWORKS = '127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7';

// Never, whatever is configured: unspecified, link-local (cloud metadata lives there), multicast, broadcast.
const FORBIDDEN = '0.0.0.0/8,169.254.0.0/16,224.0.0.0/4,240.0.0.0/4,::/128,fe80::/10,ff00::/8';

/** Comma separated CIDRs to a list that can be asked. Throws `invalid` naming the entry. */
export function parseNetworks(text: string): BlockList {
  const list = new BlockList();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [address = '', bits = ''] = entry.split('/');
    const family = isIP(address);
    const prefix = /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (family === 0 || !(prefix <= (family === 4 ? 32 : 128)))
      throw new SkyScanError('invalid', `${entry || 'an empty entry'} is not a network like 192.168.0.0/16`);
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

export interface AddressRules {
  allowed: BlockList;
  /** A port of ours on this machine: nobody makes us talk to ourselves. Undefined while there is none. */
  ownPort: () => number | undefined;
}

/** Turns host and port into an address that may be connected to. Throws `unavailable`: unknown, or not allowed. */
export type AddressResolver = (host: string, port: number) => Promise<Endpoint>;

export function createAddressResolver(rules: AddressRules): AddressResolver {
  const forbidden = parseNetworks(FORBIDDEN);
  return async (host, port) => {
    for (const address of await addressesOf(host)) {
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (forbidden.check(address, family) || !rules.allowed.check(address, family)) continue;
      if (port === rules.ownPort() && isOurs(address)) continue;
      return { address, port };
    }
    throw new SkyScanError(
      'unavailable',
      `${host}:${port} is not in the networks that ROTCTLD_NETWORKS allows`,
    );
  };
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  try {
    return (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address }) => address);
  } catch {
    throw new SkyScanError('unavailable', `host ${host} is not known`);
  }
}

function isOurs(address: string): boolean {
  const bare = address.replace(/^::ffff:/i, '');
  return (
    bare.startsWith('127.') ||
    bare === '::1' ||
    Object.values(networkInterfaces()).some((entries) => entries?.some((entry) => entry.address === bare))
  );
}
