/**
 * A path without the prefix under which a proxy serves us, if the proxy has left it there. `base`
 * is '' or like `/sky`.
 */
export function withoutBase(url: string, base: string): string {
  if (base === '' || !url.startsWith(base)) return url;
  const rest = url.slice(base.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
