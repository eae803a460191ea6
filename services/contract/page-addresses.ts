/** The pages of the dashboard: the part of the address after `#/`. The first match applies. */
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

/** The page at a path and its parameters; undefined: no such page. */
export function findPage(path: string): { address: PageAddress; params: Record<string, string> } | undefined {
  for (const address of PAGE_ADDRESSES) {
    const params = matchAddress(address, path);
    if (params) return { address, params };
  }
  return undefined;
}

/** The parameters if a path matches the pattern (`sessions/:id`), else undefined. */
export function matchAddress(pattern: PageAddress, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/');
  const actual = path.split('/');
  if (expected.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = actual[index] ?? '';
    if (part.startsWith(':')) parameters[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return parameters;
}
