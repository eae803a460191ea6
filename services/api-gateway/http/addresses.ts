import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

const OWN_ADDRESSES_MS = 5_000;

/**
 * A name or an address as it is compared: lower case, without brackets and zone, an IPv6 address in
 * its shortest form.
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
  const words = [mapped[1], mapped[2]].map((word) => parseInt(word ?? '', 16));
  return words.flatMap((word) => [word >> 8, word & 255]).join('.');
}

/** Whether a server bound to it listens on every address of the machine. */
export function isWildcard(host: string): boolean {
  return ['0.0.0.0', '::'].includes(canonicalHost(host));
}

/**
 * Tells whether a canonical address is one of this machine's. They change with the network: looked
 * at again after some seconds.
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
 * Addresses, subnets (`10.0.0.0/8`), `loopback`, `private` and `true`, which is both. Undefined: a
 * word is none of these.
 */
export function parseSubnets(words: readonly string[]): ((address: string) => boolean) | undefined {
  const block = new BlockList();
  const whole = words.flatMap((word) =>
    /^(true|1)$/i.test(word) ? Object.values(NAMED).flat() : (NAMED[word.toLowerCase()] ?? [word]),
  );
  for (const word of whole) {
    const [address = '', bits] = word.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)))
      return undefined;
    block.addSubnet(address, Number(bits ?? most), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const canonical = canonicalHost(address);
    return isIP(canonical) !== 0 && block.check(canonical, isIPv4(canonical) ? 'ipv4' : 'ipv6');
  };
}
