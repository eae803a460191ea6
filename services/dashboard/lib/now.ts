import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1_000);
  return () => clearInterval(timer);
});

/** Unix time, milliseconds. Reactive: components that read it update every second. */
export function now(): number {
  subscribe();
  return Date.now();
}
