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

/** The parameters when a path is of the form of the pattern (`sessions/:id`), else undefined. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
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

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
