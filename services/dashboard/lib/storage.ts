/** Storage key of the API key. */
export const API_KEY_NAME = 'sky-scan.key';

/** Reads a value from the browser's storage; undefined if there is none or storage is blocked. */
export function readStored(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Writes a value to the browser's storage; undefined removes it. */
export function writeStored(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Storage is blocked: the value lasts as long as the page.
  }
}
