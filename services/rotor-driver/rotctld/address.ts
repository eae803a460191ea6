import { lookup } from 'node:dns/promises';
import { BlockList, isIP, SocketAddress } from 'node:net';
import { networkInterfaces } from 'node:os';
import { SkyScanError } from '#shared/base/errors';
import type { AddressResolver } from '../motion/rotors.ts';
import { RotctldError } from '../domain/rotctld-error.ts';

/** Loopback and private networks. */
export const DEFAULT_NETWORKS = '127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7';

// Always forbidden: unspecified, link-local (cloud metadata services), multicast, broadcast.
const FORBIDDEN = '0.0.0.0/8,169.254.0.0/16,224.0.0.0/4,240.0.0.0/4,::/128,fe80::/10,ff00::/8';

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

/** Resolves the addresses at which rotctld may be. */
export interface Addresses {
  resolve: AddressResolver;
  /** Refuses a port of this host from now on: the gRPC port of rotor-driver is not a rotctld. */
  refusePort(port: number): void;
}

export function createAddressResolver(allowed: BlockList): Addresses {
  const refusedPorts = new Set<number>();
  const forbidden = parseNetworks(FORBIDDEN);
  /** Why an address is refused; undefined if it is allowed. */
  const refusal = (address: string, port: number) => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (forbidden.check(address, family))
      return 'unspecified, link-local, multicast and broadcast addresses are refused';
    if (!allowed.check(address, family)) return 'it is not in the networks that ROTCTLD_NETWORKS allows';
    return refusedPorts.has(port) && isThisHost(address)
      ? 'it is the port of rotor-driver itself'
      : undefined;
  };
  const resolve: AddressResolver = async (host, port) => {
    const all = [...new Set((await addressesOf(host, port)).map(canonicalAddress))];
    const addresses = all.filter((address) => refusal(address, port) === undefined);
    if (addresses.length === 0)
      throw new RotctldError(`rotctld at ${host}:${port} is not allowed: ${refusal(all[0] ?? host, port)}`);
    const keys = new Set(addresses.map((address) => `${isThisHost(address) ? THIS_HOST : address} ${port}`));
    return { addresses, port, keys: [...keys] };
  };
  return { resolve, refusePort: (port) => void refusedPorts.add(port) };
}

/** The canonical form: IPv4-mapped IPv6 (`::ffff:127.0.0.1`) becomes IPv4; zones are removed. */
function canonicalAddress(address: string): string {
  const [bare = ''] = address.split('%');
  if (isIP(bare) !== 6) return bare;
  return new SocketAddress({ address: bare, family: 'ipv6' }).address.replace(/^::ffff:(?=\d+\.)/, '');
}

// Represents every address of this host in keys.
const THIS_HOST = '127.0.0.1';

async function addressesOf(host: string, port: number): Promise<string[]> {
  if (isIP(host)) return [host];
  const find = async (name: string) =>
    (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);
  try {
    // A hosts file has no names with a final dot.
    return await find(host).catch((error: unknown) => {
      if (host.endsWith('.')) return find(host.slice(0, -1));
      throw error;
    });
  } catch {
    throw new RotctldError(
      `rotctld at ${host}:${port} is not found: no such host; check its name, or use its address`,
    );
  }
}

function isThisHost(address: string): boolean {
  return (
    address.startsWith('127.') ||
    address === '::1' ||
    Object.values(networkInterfaces()).some((entries) =>
      entries?.some((entry) => canonicalAddress(entry.address) === address),
    )
  );
}
