import { createSubscriber } from 'svelte/reactivity';
import { parseHash, type Location } from './place.ts';

const subscribe = createSubscriber((update) => {
  addEventListener('hashchange', update);
  return () => removeEventListener('hashchange', update);
});

/** Where the page is; components that read it follow it. */
export function currentLocation(): Location {
  subscribe();
  return parseHash(location.hash);
}

/** Goes there; `path` as in `sessions/3`. */
export function go(path: string): void {
  location.hash = `#/${path}`;
}

/**
 * Changes the query of where the page is; undefined removes a parameter. With `step` the back
 * button undoes it.
 */
export function setQuery(changes: Record<string, string | undefined>, step = false): void {
  const { path, query } = parseHash(location.hash);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  const text = query.toString();
  const address = `#/${path}${text === '' ? '' : `?${text}`}`;
  if (step) history.pushState(null, '', address);
  else history.replaceState(history.state, '', address);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
