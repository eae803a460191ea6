import { createSubscriber } from 'svelte/reactivity';
import { currentHashOf, hashOf, parseHash, type HashLocation } from './hash-location.ts';

const subscribe = createSubscriber((update) => {
  addEventListener('hashchange', update);
  return () => removeEventListener('hashchange', update);
});

/** The current location. Reactive: components that read it update when it changes. */
export function currentLocation(): HashLocation {
  subscribe();
  return parseHash(location.hash);
}

/** Replaces addresses of older versions with the current ones, now and on every navigation. */
export function replaceOldAddresses(): void {
  const replace = () => {
    const current = currentHashOf(location.hash);
    if (current !== undefined) history.replaceState(history.state, '', current);
  };
  replace();
  // Before the listeners that `subscribe` adds.
  addEventListener('hashchange', replace);
}

/** Navigates to a path such as `scan/sessions/3`. */
export function goTo(path: string): void {
  location.hash = `#/${path}`;
}

/**
 * Changes the query of the current location; undefined removes a parameter. With `step`, the change
 * is a history entry that the back button undoes.
 */
export function setQuery(changes: Record<string, string | undefined>, step = false): void {
  const { path, query } = parseHash(location.hash);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) query.delete(name);
    else query.set(name, value);
  const address = hashOf({ path, query });
  if (step) history.pushState(null, '', address);
  else history.replaceState(history.state, '', address);
  dispatchEvent(new HashChangeEvent('hashchange'));
}
