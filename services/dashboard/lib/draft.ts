/** Loads the unsaved form values of this tab; undefined if there are none. */
export function loadDraft(name: string): Record<string, unknown> | undefined {
  try {
    const draft: unknown = JSON.parse(sessionStorage.getItem(name) ?? 'null');
    return typeof draft === 'object' && draft !== null ? { ...draft } : undefined;
  } catch {
    return undefined; // storage is blocked, or the format is unknown
  }
}

/** Saves unsent form values for this tab; undefined removes them. */
export function saveDraft(name: string, draft: object | undefined): void {
  try {
    if (draft) sessionStorage.setItem(name, JSON.stringify(draft));
    else sessionStorage.removeItem(name);
  } catch {
    // Storage is blocked: the values last as long as the page.
  }
}
