import { networkInterfaces } from 'node:os';

/**
 * The hosts, in URL form, under which a server that is bound to `host` can be reached; the one for
 * this machine comes first.
 */
export function reachableHosts(host = '127.0.0.1', interfaces = networkInterfaces()): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [bracketed(host)];
  const own = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .filter(({ family }) => family === 'IPv4' || host === '::')
    .map(({ address }) => bracketed(address));
  return ['127.0.0.1', ...own];
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
