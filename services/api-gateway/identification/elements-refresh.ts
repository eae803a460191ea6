import { randomUUID } from 'node:crypto';
import { errorKind, errorMessage, SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { createRepeatedWork, type RepeatedWork } from '#shared/runtime/repeated-work';
import type { SkyAnalyst } from '../clients/sky-analyst.ts';
import type { Database } from '../store/queryable.ts';
import {
  claimSource,
  endCheck,
  registerSource,
  type CheckResult,
  type ElementsSource,
} from '../store/known-sky/sources.ts';
import { findElementFiles, readFiles } from './element-files.ts';
import { fetchElements, RefusedError, type Validators } from './fetch-elements.ts';
import { readSet, storeSet } from './store-set.ts';

/** Where orbital elements are refreshed from; undefined: not configured. */
export interface RefreshSettings {
  path: string | undefined;
  url: string | undefined;
  /** Shortest time between two fetches of the URL. */
  intervalMs: number;
  /** Time between two looks at the files and the clock. */
  pollMs?: number;
}

const VARIABLES = { folder: 'ELEMENTS_PATH', url: 'ELEMENTS_URL' };
const POLL_MS = 60_000;
const TIME_LIMIT_MS = 120_000;
/** After no answer at all; after any answer the interval applies. */
const RETRY_MS = 10 * 60_000;

/**
 * Keeps the stored orbital elements up to date from files and from a URL. Each gateway looks at its
 * files and reads them when they have changed; one gateway fetches the URL. A failed refresh keeps
 * what is stored and states the problem in the table.
 */
export function createElementsRefresh(
  db: Database,
  analyst: SkyAnalyst,
  logger: Logger,
  { path, url, intervalMs, pollMs = POLL_MS }: RefreshSettings,
): RepeatedWork {
  const claim = randomUUID();
  /** The files that this gateway has read: another one may have others. */
  let seen = '';
  let unusable = '';
  let isRegistered = false;
  const problems = new Map<ElementsSource, string>();
  const timeLimit = (ending: AbortSignal) => AbortSignal.any([ending, AbortSignal.timeout(TIME_LIMIT_MS)]);

  const checkFiles = (from: string, ending: AbortSignal) =>
    checked('folder', ending, async ({ state }) => {
      const files = await findElementFiles(from);
      const { fingerprint } = files;
      if (fingerprint === state) return { problem: null };
      if (fingerprint === unusable || (fingerprint === seen && state !== null)) return {};
      if (files.paths.length === 0) throw new SkyScanError('invalid', 'it has no files');
      const read = await readSet(analyst, 'elements', 'folder', readFiles(files), timeLimit(ending)).catch(
        (error: unknown) => {
          if (['invalid', 'no_room'].includes(errorKind(error))) unusable = fingerprint;
          throw error;
        },
      );
      if ((await findElementFiles(from)).fingerprint !== fingerprint)
        throw new SkyScanError('unavailable', 'the files have changed while they were read');
      seen = fingerprint;
      await storeSet(db, read);
      logger.info({ satellites: read.set.count }, 'read orbital elements from ELEMENTS_PATH');
      return { state: fingerprint, problem: null };
    });

  const checkUrl = (address: string, ending: AbortSignal) =>
    checked('url', ending, async (attempt) => {
      // Without sky-analyst the document would be fetched in vain.
      await analyst.methods(ending);
      attempt.nextMs = intervalMs;
      const signal = timeLimit(ending);
      const known = JSON.parse(attempt.state ?? '{}') as Validators;
      const found = await fetchElements(address, known, signal).catch((error: unknown) => {
        if (!(error instanceof RefusedError)) attempt.nextMs = Math.min(intervalMs, RETRY_MS);
        throw error;
      });
      if (!found) return { problem: null };
      const read = await readSet(analyst, 'elements', 'url', [found.body], signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
        throw new SkyScanError('timeout', `not complete within ${TIME_LIMIT_MS / 1_000} s`, {
          cause: error,
        });
      });
      await storeSet(db, read);
      logger.info({ satellites: read.set.count }, 'fetched orbital elements from ELEMENTS_URL');
      return { state: JSON.stringify(found.validators), problem: null };
    });

  /** Runs a check if the source is due. A check may set when it is due again. */
  async function checked(
    source: ElementsSource,
    ending: AbortSignal,
    check: (attempt: { state: string | null; nextMs: number }) => Promise<Omit<CheckResult, 'nextMs'>>,
  ): Promise<void> {
    const claimed = await claimSource(db, source, claim);
    if (!claimed) return;
    const attempt = { ...claimed, nextMs: 0 };
    let result: Omit<CheckResult, 'nextMs'> = {};
    try {
      result = await check(attempt);
      problems.delete(source);
    } catch (error) {
      if (!ending.aborted) {
        const problem = `${VARIABLES[source]}: ${errorMessage(error)}`;
        if (problems.get(source) !== problem) logger.warn({ problem }, 'cannot refresh orbital elements');
        problems.set(source, problem);
        result = { problem };
      }
    }
    await endCheck(db, source, claim, { ...result, nextMs: attempt.nextMs });
  }

  async function register(): Promise<void> {
    if (path !== undefined) await registerSource(db, 'folder', path);
    if (url !== undefined) await registerSource(db, 'url', url);
  }

  const repeated = createRepeatedWork({
    intervalMs: pollMs,
    logger,
    failure: 'cannot refresh orbital elements now',
    async work(ending) {
      if (!isRegistered) await register();
      isRegistered = true;
      if (path !== undefined) await checkFiles(path, ending);
      if (url !== undefined) await checkUrl(url, ending);
    },
  });
  return {
    ...repeated,
    start() {
      if (path !== undefined || url !== undefined) repeated.start();
    },
  };
}
