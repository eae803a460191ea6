import { z } from 'zod';

/**
 * `postgres://user:password@host:5432/name`; a password may hold `#`, `@`, `/` and `?` as they are.
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

/** Percent-encodes what ends a password too early for a URL parser: the last `@` ends it. */
function encodePassword(url: string): string {
  const parts = /^(postgres(?:ql)?:\/\/[^:/?#@]*:)(.*)(@[^@]*)$/.exec(url);
  if (!parts) return url;
  const [, before = '', password = '', after = ''] = parts;
  return before + password.replace(/[#/?@[\]\s]/g, encodeURIComponent) + after;
}
