/**
 * The pages of the dashboard: what follows `#/` in their address. The first one that matches an
 * address is its page.
 */
export const PAGE_ADDRESSES = [
  '',
  'sessions',
  'sessions/:id',
  'compare/:a/:b',
  'start',
  'rotors',
  'rotors/new',
  'rotors/:id',
  'rotors/:id/edit',
] as const;
export type PageAddress = (typeof PAGE_ADDRESSES)[number];

/** The page at a path, and its parameters; undefined: there is none. */
export function findPage(path: string): { address: PageAddress; params: Record<string, string> } | undefined {
  for (const address of PAGE_ADDRESSES) {
    const params = matchAddress(address, path);
    if (params) return { address, params };
  }
  return undefined;
}

/** The parameters when a path is of the form of the pattern (`sessions/:id`), else undefined. */
export function matchAddress(pattern: PageAddress, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, word] of wanted.entries()) {
    const value = given[index] ?? '';
    if (word.startsWith(':')) parameters[word.slice(1)] = value;
    else if (word !== value) return undefined;
  }
  return parameters;
}
