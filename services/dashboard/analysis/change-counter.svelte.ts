import { flushSync } from 'svelte';
import type { SkyMap } from '#sky-map/sky-map';
import { createFrameThrottle } from './frame-throttle.ts';

/**
 * A counter that is incremented when cells of the maps change: at most once per frame, less often
 * when drawing takes long.
 */
export function createChangeCounter(maps: () => readonly Pick<SkyMap, 'onChange'>[]): {
  readonly current: number;
} {
  let current = $state(0);
  $effect(() => {
    // Synchronous, so that the throttle measures the time for drawing.
    const throttle = createFrameThrottle(() => {
      flushSync(() => current++);
    });
    const unsubscribe = maps().map((map) => map.onChange(() => throttle.request()));
    return () => {
      for (const stop of unsubscribe) stop();
      throttle.stop();
    };
  });
  return {
    get current() {
      return current;
    },
  };
}
