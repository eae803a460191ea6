import { lookup } from 'node:dns/promises';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SkyScanError } from '../base/errors.ts';

/**
 * Never the address of a peer: unspecified, link-local (cloud metadata services), multicast,
 * broadcast.
 */
export const FORBIDDEN_NETWORKS =
  '0.0.0.0/8,169.254.0.0/16,224.0.0.0/4,240.0.0.0/4,::/128,fe80::/10,ff00::/8';

/** Parses comma-separated CIDR networks. Throws `invalid` with the wrong entry. */
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

/** Whether an address is in one of the networks. */
export function isInNetworks(networks: BlockList, address: string): boolean {
  return networks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The addresses of a name, or of an address in any spelling, in their canonical form, IPv4 first.
 * Rejects if there is no such host.
 */
export async function canonicalAddressesOf(host: string): Promise<string[]> {
  return [...new Set((await addressesOf(host)).map(canonicalAddress))];
}

/** The canonical form: IPv4-mapped IPv6 (`::ffff:127.0.0.1`) becomes IPv4; zones are removed. */
export function canonicalAddress(address: string): string {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return bare;
  return new SocketAddress({ address: bare, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}

async function addressesOf(host: string): Promise<string[]> {
  if (isIP(host)) return [host];
  const find = async (name: string) =>
    (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);
  // A hosts file has no names with a final dot.
  return find(host).catch((error: unknown) => {
    if (host.endsWith('.')) return find(host.slice(0, -1));
    throw error;
  });
}

/** Whether a canonical address is one of this host. */
export function isThisHost(address: string): boolean {
  return (
    address.startsWith('127.') ||
    address === '::1' ||
    Object.values(networkInterfaces()).some((entries) =>
      entries?.some((entry) => canonicalAddress(entry.address) === address),
    )
  );
}
