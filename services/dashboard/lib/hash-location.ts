import { findPage, pathOf, type PageAddress } from '#contract/page-addresses';

/** A parsed location hash, such as `#/scan/sessions/3?projection=polar`. */
export interface HashLocation {
  /** Without leading and trailing slashes; '' is the home page. */
  path: string;
  query: URLSearchParams;
}

/** Parses a hash. Parts with invalid percent-encoding stay encoded. */
export function parseHash(hash: string): HashLocation {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const parts = path.split('/').filter((part) => part !== '');
  return { path: parts.map(decodePart).join('/'), query: new URLSearchParams(query) };
}

/** The hash of a path and a query. */
export function hashOf({ path, query }: HashLocation): string {
  const text = query.toString();
  return `#/${path}${text === '' ? '' : `?${text}`}`;
}

// Older versions named the analysis of a session in the query.
const ANALYSES: Record<string, PageAddress> = {
  levels: 'scan/sessions/:id/levels',
  time: 'scan/sessions/:id/time',
  drift: 'scan/sessions/:id/time',
};

/** The current hash of a page with an address of an older version; undefined for any other. */
export function currentHashOf(hash: string): string | undefined {
  const { path, query } = parseHash(hash);
  const page = findPage(path);
  if (!page) return undefined;
  const analysis = page.address === 'scan/sessions/:id' ? query.get('analysis') : null;
  const current = pathOf((analysis !== null && ANALYSES[analysis]) || page.address, page.params);
  if (current === path && analysis === null) return undefined;
  query.delete('analysis');
  return hashOf({ path: current, query });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
