import { untrack } from 'svelte';
import type { Health } from '#contract/rest/health';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { Sky } from '#contract/rest/sky';
import type { Api } from './api.ts';
import type { CellTable } from './cell-table.ts';
import { watchHealth, type HealthReport } from './health-watch.ts';
import { LiveSession, type LivePhase } from './live-session.ts';
import { createPace, LATEST } from './pace.ts';
import { pageTiming } from './page-timing.ts';
import { repeat } from './repeat.ts';
import { sessionSource } from './session-source.ts';

// Every change of the words lays the page out anew.
const LOADING_EVERY_MS = 100;

/**
 * A live session for components: what it shows changes at most once per frame, however fast points
 * come.
 */
export class LiveView {
  phase = $state<LivePhase>('loading');
  words = $state('');
  session = $state.raw<Session | undefined>();
  plan = $state.raw<Plan | undefined>();
  table = $state.raw<CellTable | undefined>();
  /** Cells that have a level. */
  measured = $state(0);
  unit = $state<'dBm' | 'dBFS' | undefined>();
  /** Points per second. */
  pace = $state<number | undefined>();
  /** When the last message was shown; as `performance.now()`. */
  heardAtMs = $state(0);

  readonly #live: LiveSession;
  #frame = 0;
  #messages = 0;
  #shownAtMs = -Infinity;
  #pace = createPace();
  #latest = { measuredAtMs: 0, heardAtMs: 0 };
  #forgetCells: (() => void) | undefined;

  constructor(api: Api, id: number) {
    this.#live = new LiveSession(id, sessionSource(api), pageTiming);
    this.#live.onChange(() => {
      this.#watchCells();
      if (!this.#onlyLoads()) this.#frame ||= requestAnimationFrame(() => this.#show());
    });
  }

  /** Something was done to the session from here. */
  refresh(): void {
    this.#live.refresh();
  }

  /** Connects at once instead of waiting. */
  retry(): void {
    this.#live.retry();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#forgetCells?.();
    this.#live.close();
  }

  #watchCells(): void {
    const { table } = this.#live;
    if (table === this.table || !table) return;
    this.#forgetCells?.();
    this.#pace = createPace();
    this.#forgetCells = table.map.onChange((cells) => {
      for (const cell of cells.slice(-LATEST)) {
        const measuredAtMs = table.timeMs[cell] ?? NaN;
        this.#pace.add(measuredAtMs);
        this.#latest = { measuredAtMs, heardAtMs: performance.now() };
      }
    });
    this.table = table;
  }

  /**
   * Nothing but the number of points is new, and that was shown just now: there will be another
   * one.
   */
  #onlyLoads(): boolean {
    const { phase, session, plan } = this.#live;
    const known = this.phase === 'loading' && session === this.session && plan === this.plan;
    return known && phase === 'loading' && performance.now() < this.#shownAtMs + LOADING_EVERY_MS;
  }

  #show(): void {
    this.#frame = 0;
    this.#shownAtMs = performance.now();
    const { phase, words, session, plan, table, messages } = this.#live;
    if (messages !== this.#messages) this.heardAtMs = this.#shownAtMs;
    this.#messages = messages;
    this.phase = phase;
    this.words = words;
    this.session = session;
    this.plan = plan;
    this.measured = table?.map.measured ?? 0;
    this.unit = table?.unit;
    // The clock of the machine that measures, as it goes on from the last point.
    const { measuredAtMs, heardAtMs } = this.#latest;
    this.pace = this.#pace.perSecond(measuredAtMs + performance.now() - heardAtMs);
  }
}

const SKY_EVERY_MS = 60_000;

/** Where Sun and Moon are, fresh within a minute. */
export class SkyNow {
  sky = $state.raw<Sky | undefined>();
  readonly close: () => void;

  constructor(api: Api) {
    const repetition = repeat(async (signal) => {
      this.sky = await api.get<Sky>('/api/sky', signal);
    }, SKY_EVERY_MS);
    this.close = () => repetition.stop();
  }
}

/** What `/health` says while no messages of a session come. */
export class HealthView {
  report = $state.raw<HealthReport | undefined>();
  readonly close: () => void;

  /** `silentMs`: for how long no message has come; undefined: none is expected. */
  constructor(api: Api, silentMs: () => number | undefined) {
    const question = {
      ask: (signal: AbortSignal) => api.get<Health>('/health', signal),
      // Nobody looks: the network of phones is frozen then, too.
      // The first question is asked inside the effect that makes this: it must not follow every
      // message.
      silentMs: () => untrack(() => (document.hidden ? undefined : silentMs())),
    };
    this.close = watchHealth(question, pageTiming, (report) => {
      this.report = report;
    });
  }
}
