import { sentenceOf } from './api.ts';
import type { Health } from '#contract/rest/health';
import type { Timing } from './page-timing.ts';

/** What `/health` says of its dependencies, by name, or why it gave no answer. */
export type HealthReport = Pick<Health, 'dependencies' | 'states'> | { unreachable: string };

/** After that long without a message a session counts as silent, milliseconds. */
export const SILENT_MS = 600;
// Silence, a look, and an answer that does not come are less than the 2 s after which the page has
// to name the reason.
const LOOK_MS = 250;
const PATIENCE_MS = 1_100;
/** A question without an answer is asked again after this long. */
const LATEST_MS = 2_500;
const ASK_EVERY_MS = 1_000;

export interface HealthQuestion {
  /** Asks `/health`; throws when it cannot be asked. */
  ask: (signal: AbortSignal) => Promise<Pick<Health, 'dependencies' | 'states'>>;
  /** For how long no message has come, milliseconds; undefined: none is expected. */
  silentMs: () => number | undefined;
}

/**
 * Asks for the reason while no messages come, and until nothing is wrong any longer; while they
 * come it asks for nothing. `tell` receives every answer. Returns what ends it.
 */
export function watchHealth(
  { ask, silentMs }: HealthQuestion,
  timing: Pick<Timing, 'sleep'>,
  tell: (report: HealthReport | undefined) => void,
): () => void {
  const ending = new AbortController();

  /**
   * Yields that no answer comes, if so, and then the answer when it comes after all: a slow server
   * is not one that is away.
   */
  async function* question(): AsyncGenerator<HealthReport> {
    const patience = new AbortController();
    const late = (ms: number) => timing.sleep(ms, patience.signal).then(() => ({ unreachable: NO_ANSWER }));
    try {
      const asked = ask(AbortSignal.any([ending.signal, patience.signal])).catch(
        (error: unknown): HealthReport => ({ unreachable: sentenceOf(error) }),
      );
      const first = await Promise.race([asked, late(PATIENCE_MS)]);
      yield first;
      if ('unreachable' in first && first.unreachable === NO_ANSWER)
        yield await Promise.race([asked, late(LATEST_MS - PATIENCE_MS)]);
    } finally {
      patience.abort();
    }
  }

  async function run(): Promise<void> {
    let report: HealthReport | undefined;
    while (!ending.signal.aborted) {
      const silent = silentMs();
      const wanted = silent !== undefined && (silent > SILENT_MS || isWrong(report));
      if (wanted) {
        for await (const next of question()) tell((report = next));
      } else if (report) {
        tell((report = undefined));
      }
      await timing.sleep(wanted ? ASK_EVERY_MS : LOOK_MS, ending.signal);
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
