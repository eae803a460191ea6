import { z } from 'zod';

/**
 * `postgres://user:password@host:5432/name`; the password may contain `#`, `@`, `/` and `?`
 * unescaped.
 */
export const databaseUrl = z
  .string()
  .transform(encodePassword)
  .pipe(
    z.url({
      protocol: /^postgres(ql)?$/,
      error: 'must look like postgres://user:password@host:5432/name',
    }),
  );

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
