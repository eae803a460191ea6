import pg from 'pg';
import { z } from 'zod';

const URL_HINT = 'must look like postgres://user:password@host:5432/name';

/**
 * `postgres://user:password@host:5432/name`; the password may contain `#`, `@`, `/` and `?`
 * unescaped. As in libpq, several servers of one database are separated by commas:
 * `postgres://user:password@one:5432,two:5432/name`. Returns one URL for each.
 */
export const databaseUrls = z
  .string()
  .transform((text) => eachServer(encodePassword(text)))
  .pipe(z.array(z.url({ protocol: /^postgres(ql)?$/, error: URL_HINT })).min(1));

/**
 * Percent-encodes characters at which a URL parser would end the password; its real end is the last
 * `@`.
 */
function encodePassword(url: string): string {
  const parts = /^(postgres(?:ql)?:\/\/[^:/?#@]*:)(.*)(@[^@]*)$/.exec(url);
  if (!parts) return url;
  const [, prefix = '', password = '', suffix = ''] = parts;
  return prefix + password.replace(/[#/?@[\]\s]/g, encodeURIComponent) + suffix;
}

function eachServer(url: string): string[] {
  const parts = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/.exec(url);
  if (!parts) return [url];
  const [, prefix = '', hosts = '', suffix = ''] = parts;
  const all = hosts.split(',');
  // Without a host: the default one of the system, but not in a list.
  return all.map((host) => (host === '' && all.length > 1 ? '' : prefix + host + suffix));
}

/** The address for messages, such as `127.0.0.1:5432`. */
export function databaseAddress(url: string): string {
  const { host, port } = new pg.Client({ connectionString: url });
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
