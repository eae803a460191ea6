import { flushSync } from 'svelte';
import { follow, type Followed } from './follow.ts';
import { paced } from './pace.ts';

/** A number that grows when any of the sessions has changed: at most once per frame, seldomer where the page has much to draw. */
export function ticksOf(sessions: () => readonly Followed[]): { readonly now: number } {
  let now = $state(0);
  $effect(() => {
    // Drawn within: the pace rests by what that has cost.
    const pace = paced(() => {
      flushSync(() => now++);
    });
    const leave = sessions().map((session) => follow(session, () => pace.request()));
    return () => {
      for (const stop of leave) stop();
      pace.stop();
    };
  });
  return {
    get now() {
      return now;
    },
  };
}
