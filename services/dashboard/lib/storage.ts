/** The name of the API key. */
export const KEY = 'sky-scan.key';

/**
 * What the browser has kept under a name; undefined when it keeps nothing (private windows, blocked
 * storage).
 */
export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a value as far as the browser does; undefined forgets it. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // It stays for this visit.
  }
}
