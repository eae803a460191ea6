import type { Session } from '#contract/rest/sessions';

/** Pixels. */
const SIZE = 160;

/** More at once would keep the page's own questions waiting. */
const AT_ONCE = 3;

/** Loads pictures a few at a time, first come, first served. */
export interface Thumbnails {
  /**
   * The picture, or undefined when there is none to be had. Rejects only with the signal's reason.
   */
  load(path: string, signal: AbortSignal): Promise<Blob | undefined>;
}

type Fetch = (path: string, init: { signal: AbortSignal }) => Promise<{ blob(): Promise<Blob> }>;

export function createThumbnails(fetch: Fetch): Thumbnails {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Waits for a place; whoever leaves hands it on. */
  async function enter(): Promise<void> {
    if (running < AT_ONCE) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async load(path, signal) {
      await enter();
      try {
        signal.throwIfAborted();
        const response = await fetch(path, { signal });
        return await response.blob();
      } catch {
        signal.throwIfAborted();
        return undefined;
      } finally {
        leave();
      }
    },
  };
}

/**
 * Where the picture of a session is; undefined when there is nothing to see. It changes with every
 * twentieth that is measured.
 */
export function thumbnailPath(session: Session, theme: 'light' | 'dark'): string | undefined {
  const { id, completed_points, total_points, status, el_start, el_end, step_deg } = session;
  if (completed_points === 0) return undefined;
  const part = status === 'running' ? Math.floor((20 * completed_points) / total_points) : completed_points;
  // In polar form one row is a thin ring.
  const projection = el_end - el_start < step_deg * (1 - 1e-9) ? 'rectangular' : 'polar';
  return `/api/skyscan/${id}/map.png?projection=${projection}&fit=true&size=${SIZE}&theme=${theme}#${part}`;
}
