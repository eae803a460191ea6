import type { BlockList } from 'node:net';
import { SkyScanError } from '#shared/base/errors';
import {
  canonicalAddressesOf,
  FORBIDDEN_NETWORKS,
  isInNetworks,
  isThisHost,
  parseNetworks,
} from '#shared/runtime/network-addresses';

/**
 * Networks without public hosts: loopback, private, shared, documentation, tests, and ranges that
 * translate or tunnel to any IPv4 address (RFC 6890 and its registries). A channel may be in one of
 * them only if ALERT_NETWORKS has it.
 */
const SPECIAL_NETWORKS = [
  '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10',
  '192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24',
  '::1/128,::/96,fc00::/7,fec0::/10,100::/64,2001::/23,2001:db8::/32,2002::/16,64:ff9b::/96,64:ff9b:1::/48',
].join(',');

/** Resolves the host of a channel once and returns its allowed addresses. Throws `invalid`. */
export type ResolveChannel = (host: string, port: number) => Promise<string[]>;

export interface Endpoint {
  host: string;
  port: number;
}

/**
 * `allowed`: networks besides public addresses; undefined: none. `ownEndpoints`: what Sky Scan
 * itself consists of; their ports are refused on this host, too.
 */
export function createChannelResolver(
  allowed: BlockList | undefined,
  ownEndpoints: () => readonly Endpoint[],
): ResolveChannel {
  const forbidden = parseNetworks(FORBIDDEN_NETWORKS);
  const special = parseNetworks(SPECIAL_NETWORKS);

  /** Why an address is refused; undefined if it is allowed. */
  const refusal = async (address: string, port: number) => {
    if (isInNetworks(forbidden, address))
      return 'unspecified, link-local, multicast and broadcast addresses are refused';
    const isHere = isThisHost(address);
    const own = ownEndpoints().filter((endpoint) => endpoint.port === port);
    const ownAddresses = await Promise.all(own.map(({ host }) => canonicalAddressesOf(host).catch(() => [])));
    if (own.length > 0 && (isHere || ownAddresses.flat().includes(address)))
      return 'it is a port of Sky Scan itself';
    const isAllowed = allowed !== undefined && isInNetworks(allowed, address);
    return isAllowed || !(isHere || isInNetworks(special, address))
      ? undefined
      : 'it is not a public address, and ALERT_NETWORKS does not allow it';
  };
  return async (host, port) => {
    const all = await canonicalAddressesOf(host).catch((error: unknown) => {
      throw new SkyScanError('invalid', `${host} is not found: no such host`, { cause: error });
    });
    const refusals = await Promise.all(all.map((address) => refusal(address, port)));
    const addresses = all.filter((_, index) => refusals[index] === undefined);
    if (addresses.length > 0) return addresses;
    throw new SkyScanError('invalid', `${host}:${port} is refused: ${refusals[0] ?? 'no address'}`);
  };
}

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'smtp:': 587,
  'smtps:': 465,
  'postgres:': 5432,
  'postgresql:': 5432,
  'mqtt:': 1883,
  'mqtts:': 8883,
};

/** Host and port of an address; IPv6 without brackets. */
export function endpointOf(url: string): Endpoint {
  const { hostname, port, protocol } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
  };
}
