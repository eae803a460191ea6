/** What was typed into a form and not sent yet, as long as the tab is open; undefined: nothing. */
export function recallDraft(name: string): Record<string, unknown> | undefined {
  try {
    const draft: unknown = JSON.parse(sessionStorage.getItem(name) ?? 'null');
    return typeof draft === 'object' && draft !== null ? { ...draft } : undefined;
  } catch {
    return undefined; // blocked storage, or of another version
  }
}

/** Keeps what is typed as far as the browser does; undefined forgets it. */
export function keepDraft(name: string, draft: object | undefined): void {
  try {
    if (draft) sessionStorage.setItem(name, JSON.stringify(draft));
    else sessionStorage.removeItem(name);
  } catch {
    // It stays as long as the page does.
  }
}
