import { flushSync } from 'svelte';
import type { SkyMap } from '#sky-map/sky-map';
import { paced } from './pace.ts';

/**
 * A number that grows when a cell of any of the maps has changed: at most once per frame, seldomer
 * where the page has much to draw.
 */
export function ticksOf(maps: () => readonly Pick<SkyMap, 'onChange'>[]): { readonly now: number } {
  let now = $state(0);
  $effect(() => {
    // Drawn within: the pace rests by what that has cost.
    const pace = paced(() => {
      flushSync(() => now++);
    });
    const forget = maps().map((map) => map.onChange(() => pace.request()));
    return () => {
      for (const stop of forget) stop();
      pace.stop();
    };
  });
  return {
    get now() {
      return now;
    },
  };
}
