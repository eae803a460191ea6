/**
 * The key of a shortcut of the page; undefined if it belongs to a field, a dialog, the browser, or
 * a component that has handled it.
 */
export function shortcutOf(event: KeyboardEvent): string | undefined {
  const { target, key } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (target instanceof Element && target.closest('input, select, textarea, dialog')) return undefined;
  return key;
}
