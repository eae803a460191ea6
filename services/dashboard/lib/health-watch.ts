import { errorText } from './api.ts';
import type { Health } from '#contract/rest/health';
import type { Timing } from './page-timing.ts';

/** The dependencies as reported by `/health`, or why there is no response. */
export type HealthReport = Pick<Health, 'dependencies' | 'states'> | { unreachable: string };

/** A session without messages for this long counts as silent. */
export const SILENT_MS = 600;
// SILENT_MS + CHECK_EVERY_MS + TIMEOUT_MS stays below 2 s, the time in which the page must name the
// reason.
const CHECK_EVERY_MS = 100;
const TIMEOUT_MS = 1_100;
/** An unanswered request is given up after this long. */
const MAX_ANSWER_MS = 2_500;
const ASK_EVERY_MS = 1_000;

export interface HealthProbe {
  /** Requests `/health`; throws when it fails. */
  ask: (signal: AbortSignal) => Promise<Pick<Health, 'dependencies' | 'states'>>;
  /** Milliseconds since the last message; undefined if none is expected. */
  silentMs: () => number | undefined;
}

/**
 * Polls `/health` while no messages arrive and until all faults are over. Reports each result.
 * Returns a function that stops it.
 */
export function watchHealth(
  { ask, silentMs }: HealthProbe,
  timing: Pick<Timing, 'sleep'>,
  onReport: (report: HealthReport | undefined) => void,
): () => void {
  const ending = new AbortController();

  /**
   * Yields a timeout if there is no response in time, and then the late response: a slow server is
   * not unreachable.
   */
  async function* poll(): AsyncGenerator<HealthReport> {
    const timeouts = new AbortController();
    const late = (ms: number) => timing.sleep(ms, timeouts.signal).then(() => ({ unreachable: NO_ANSWER }));
    try {
      const asked = ask(AbortSignal.any([ending.signal, timeouts.signal])).catch(
        (error: unknown): HealthReport => ({ unreachable: errorText(error) }),
      );
      const first = await Promise.race([asked, late(TIMEOUT_MS)]);
      yield first;
      if ('unreachable' in first && first.unreachable === NO_ANSWER)
        yield await Promise.race([asked, late(MAX_ANSWER_MS - TIMEOUT_MS)]);
    } finally {
      timeouts.abort();
    }
  }

  async function run(): Promise<void> {
    let report: HealthReport | undefined;
    while (!ending.signal.aborted) {
      const silent = silentMs();
      const wanted = silent !== undefined && (silent > SILENT_MS || isWrong(report));
      if (wanted) {
        for await (const next of poll()) onReport((report = next));
      } else if (report) {
        onReport((report = undefined));
      }
      await timing.sleep(wanted ? ASK_EVERY_MS : CHECK_EVERY_MS, ending.signal);
    }
  }

  void run();
  return () => ending.abort();
}

const NO_ANSWER = 'Sky Scan does not answer';

function isWrong(report: HealthReport | undefined): boolean {
  if (!report) return false;
  return 'unreachable' in report || Object.values(report.states).some((state) => state !== 'ok');
}
