import type { BrowserContext, Page } from 'playwright-core';
import { paletteOf } from '#sky-map/palettes';

/** Watches the map inside a page, frame by frame. Times by the page's clock, ms. */
export interface PageProbe {
  /**
   * Times when each position first had a colour of the palette, since the page request; null: not
   * yet.
   */
  firstSeenMs(): Promise<(number | null)[]>;
  /** The same as Unix time. */
  firstSeenAtMs(): Promise<(number | null)[]>;
  /** Durations of tasks of 50 ms and more since the last call, ms. */
  longTasksMs(): Promise<number[]>;
  /** Frame intervals since the last call, ms. */
  framesMs(): Promise<number[]>;
}

/** A pixel of the map's canvas. */
interface Pixel {
  x: number;
  y: number;
}

/**
 * Watches positions of the map, each by some pixels, on every page that the context opens from now
 * on.
 */
export async function watchPixels(context: BrowserContext, pixels: readonly Pixel[][]): Promise<void> {
  await context.addInitScript({ content: watching(pixels) });
}

/** The probe of a page. */
export function probePage(page: Page): PageProbe {
  return {
    firstSeenMs: () => page.evaluate<(number | null)[]>('probe.seen'),
    firstSeenAtMs: () =>
      page.evaluate<(number | null)[]>(
        'probe.seen.map((ms) => ms === null ? null : performance.timeOrigin + ms)',
      ),
    longTasksMs: () => page.evaluate<number[]>('probe.longTasks.splice(0)'),
    framesMs: () => page.evaluate<number[]>('probe.frames.splice(0)'),
  };
}

// Checks only pending positions; all palette colours count, those of the hatching do not.
function watching(pixels: readonly Pixel[][]): string {
  const colours = JSON.stringify(paletteOf('viridis').map((colour) => colour.join()));
  return `{
    const colours = new Set(${colours});
    const pixels = ${JSON.stringify(pixels)};
    const probe = window.probe = { seen: pixels.map(() => null), longTasks: [], frames: [] };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) probe.longTasks.push(duration);
    }).observe({ type: 'longtask', buffered: true });
    let before;
    let from = 0;
    const look = (now) => {
      if (before !== undefined) probe.frames.push(now - before);
      before = now;
      const canvas = document.querySelector('[role=application] canvas');
      const context = canvas?.getContext('2d');
      // In order: each position is awaited before the next.
      for (let n = from; context && n < pixels.length && n < from + 4; n++) {
        if (probe.seen[n] !== null) continue;
        const isColoured = ({ x, y }) =>
          colours.has([...context.getImageData(x, y, 1, 1).data].slice(0, 3).join());
        if (pixels[n].some(isColoured)) probe.seen[n] = performance.now();
      }
      while (from < pixels.length && probe.seen[from] !== null) from++;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }`;
}
