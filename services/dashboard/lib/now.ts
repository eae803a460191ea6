import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 1_000);
  return () => clearInterval(timer);
});

/** Unix time, milliseconds; whoever reads it in a component reads it again every second. */
export function now(): number {
  subscribe();
  return Date.now();
}
