/** Where the page is: `#/sessions/3?projection=polar`. */
export interface Location {
  /** Without slashes at its ends; '' is home. */
  path: string;
  query: URLSearchParams;
}

/** Takes a hash apart. Whatever cannot be decoded stays as it is written. */
export function parseHash(hash: string): Location {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const words = path.split('/').filter((word) => word !== '');
  return { path: words.map(decode).join('/'), query: new URLSearchParams(query) };
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
