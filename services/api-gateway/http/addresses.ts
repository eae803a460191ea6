import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

const OWN_ADDRESSES_MS = 5_000;

/**
 * Normalises a host name or address for comparison: lower case, no brackets or zone, IPv6 in its
 * shortest form.
 */
export function canonicalHost(host: string): string {
  const bare = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '');
  if (isIP(bare) !== 6) return bare;
  const short = new URL(`http://[${bare}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (!mapped) return short;
  const groups = [mapped[1], mapped[2]].map((group) => parseInt(group ?? '', 16));
  return groups.flatMap((group) => [group >> 8, group & 255]).join('.');
}

/** Whether a server bound to this host listens on all addresses of the machine. */
export function isWildcard(host: string): boolean {
  return ['0.0.0.0', '::'].includes(canonicalHost(host));
}

/**
 * Checks whether a canonical address belongs to this machine. The list is read again every few
 * seconds, because the network may change.
 */
export function createOwnAddresses(
  list: () => string[] = listAddresses,
  now: () => number = () => performance.now(),
): (address: string) => boolean {
  let known = new Set<string>();
  let atMs = -Infinity;
  return (address) => {
    if (now() - atMs > OWN_ADDRESSES_MS) {
      atMs = now();
      known = new Set(list().map(canonicalHost));
    }
    return known.has(address);
  };
}

function listAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
}

const NAMED: Record<string, string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
};

/**
 * Parses addresses, subnets (`10.0.0.0/8`), `loopback`, `private` and `true` (both). Undefined if
 * an item is none of these.
 */
export function parseSubnets(items: readonly string[]): ((address: string) => boolean) | undefined {
  const block = new BlockList();
  const subnets = items.flatMap((item) =>
    /^(true|1)$/i.test(item) ? Object.values(NAMED).flat() : (NAMED[item.toLowerCase()] ?? [item]),
  );
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    const family = isIP(address);
    const maxBits = family === 4 ? 32 : 128;
    if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits)))
      return undefined;
    block.addSubnet(address, Number(bits ?? maxBits), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const canonical = canonicalHost(address);
    return isIP(canonical) !== 0 && block.check(canonical, isIPv4(canonical) ? 'ipv4' : 'ipv6');
  };
}
