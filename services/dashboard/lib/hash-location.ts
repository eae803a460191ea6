/** A parsed location hash, such as `#/sessions/3?projection=polar`. */
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

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
