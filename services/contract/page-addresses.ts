/** The pages of the dashboard: the part of the address after `#/`. The first match applies. */
export const PAGE_ADDRESSES = [
  '',
  'scan',
  'scan/sessions',
  'scan/sessions/:id',
  'scan/sessions/:id/spectrum',
  'scan/sessions/:id/sources',
  'scan/sessions/:id/pattern',
  'scan/sessions/:id/cuts',
  'scan/sessions/:id/levels',
  'scan/sessions/:id/time',
  'scan/sessions/:id/changes',
  'scan/compare/:a/:b',
  'sky/ground',
  'sky',
  'sky/sources/:id',
  'watch',
  'watch/schedules',
  'watch/baselines',
  'watch/baselines/:id',
  'watch/alerts',
  'watch/alerts/:id',
  'watch/rules',
  'watch/schedules/:id/timelapse',
  'station',
  'station/rotors/new',
  'station/rotors/:id',
  'station/rotors/:id/edit',
] as const;
export type PageAddress = (typeof PAGE_ADDRESSES)[number];

/** Addresses of older versions, which bookmarks and notes contain. */
const OLD_ADDRESSES = {
  start: 'scan',
  sessions: 'scan/sessions',
  'sessions/:id': 'scan/sessions/:id',
  'compare/:a/:b': 'scan/compare/:a/:b',
  rotors: 'station',
  'rotors/new': 'station/rotors/new',
  'rotors/:id': 'station/rotors/:id',
  'rotors/:id/edit': 'station/rotors/:id/edit',
} as const satisfies Record<string, PageAddress>;

/** The page at a path, current or old, and its parameters; undefined: no such page. */
export function findPage(path: string): { address: PageAddress; params: Record<string, string> } | undefined {
  for (const address of PAGE_ADDRESSES) {
    const params = matchPath(address, path);
    if (params) return { address, params };
  }
  for (const [old, address] of Object.entries(OLD_ADDRESSES)) {
    const params = matchPath(old, path);
    if (params) return { address, params };
  }
  return undefined;
}

/** The path of a page: `scan/sessions/3` for `scan/sessions/:id` and `{ id: '3' }`. */
export function pathOf(address: PageAddress, params: Record<string, string>): string {
  return address.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

/** The parameters if a path matches the pattern (`scan/sessions/:id`), else undefined. */
function matchPath(pattern: string, path: string): Record<string, string> | undefined {
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
