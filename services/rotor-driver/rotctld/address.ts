import type { BlockList } from 'node:net';
import {
  canonicalAddressesOf,
  FORBIDDEN_NETWORKS,
  isInNetworks,
  isThisHost,
  parseNetworks,
} from '#shared/runtime/network-addresses';
import type { AddressResolver } from '../motion/rotors.ts';
import { RotctldError } from '../domain/rotctld-error.ts';

/** Loopback and private networks. */
export const DEFAULT_NETWORKS = '127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7';

/** Resolves the addresses at which rotctld may be. */
export interface Addresses {
  resolve: AddressResolver;
  /** Refuses a port of this host from now on: the gRPC port of rotor-driver is not a rotctld. */
  refusePort(port: number): void;
}

export function createAddressResolver(allowed: BlockList): Addresses {
  const refusedPorts = new Set<number>();
  const forbidden = parseNetworks(FORBIDDEN_NETWORKS);
  /** Why an address is refused; undefined if it is allowed. */
  const refusal = (address: string, port: number) => {
    if (isInNetworks(forbidden, address))
      return 'unspecified, link-local, multicast and broadcast addresses are refused';
    if (!isInNetworks(allowed, address)) return 'it is not in the networks that ROTCTLD_NETWORKS allows';
    return refusedPorts.has(port) && isThisHost(address)
      ? 'it is the port of rotor-driver itself'
      : undefined;
  };
  const resolve: AddressResolver = async (host, port) => {
    const all = await addressesOf(host, port);
    const addresses = all.filter((address) => refusal(address, port) === undefined);
    if (addresses.length === 0)
      throw new RotctldError(`rotctld at ${host}:${port} is not allowed: ${refusal(all[0] ?? host, port)}`);
    const keys = new Set(addresses.map((address) => `${isThisHost(address) ? THIS_HOST : address} ${port}`));
    return { addresses, port, keys: [...keys] };
  };
  return { resolve, refusePort: (port) => void refusedPorts.add(port) };
}

// Represents every address of this host in keys.
const THIS_HOST = '127.0.0.1';

async function addressesOf(host: string, port: number): Promise<string[]> {
  try {
    return await canonicalAddressesOf(host);
  } catch {
    throw new RotctldError(
      `rotctld at ${host}:${port} is not found: no such host; check its name, or use its address`,
    );
  }
}
