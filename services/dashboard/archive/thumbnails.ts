import type { Session } from '#contract/rest/sessions';

/** Pixels. */
const SIZE = 160;

/** More concurrent requests would delay those of the page itself. */
const MAX_CONCURRENT = 3;

/** Loads images, a few at a time, in order. */
export interface Thumbnails {
  /** Loads an image; undefined if that fails. Rejects only with the signal's reason. */
  load(path: string, signal: AbortSignal): Promise<Blob | undefined>;
}

type Fetch = (path: string, init: { signal: AbortSignal }) => Promise<{ blob(): Promise<Blob> }>;

export function createThumbnails(fetch: Fetch): Thumbnails {
  let running = 0;
  const waiting: (() => void)[] = [];

  /** Waits for a free slot. */
  async function acquire(): Promise<void> {
    if (running < MAX_CONCURRENT) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function release(): void {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }

  return {
    async load(path, signal) {
      await acquire();
      try {
        signal.throwIfAborted();
        const response = await fetch(path, { signal });
        return await response.blob();
      } catch {
        signal.throwIfAborted();
        return undefined;
      } finally {
        release();
      }
    },
  };
}

/**
 * The path of a session's thumbnail; undefined if it has no points. Changes with every 5 % of a
 * running scan.
 */
export function thumbnailPath(session: Session, theme: 'light' | 'dark'): string | undefined {
  const { id, completed_points, total_points, status, el_start, el_end, step_deg } = session;
  if (completed_points === 0) return undefined;
  const part = status === 'running' ? Math.floor((20 * completed_points) / total_points) : completed_points;
  // A polar map would show a single row as a thin ring.
  const projection = el_end - el_start < step_deg * (1 - 1e-9) ? 'rectangular' : 'polar';
  return `/api/skyscan/${id}/map.png?projection=${projection}&fit=true&size=${SIZE}&theme=${theme}#${part}`;
}
