import { untrack } from 'svelte';
import type { Plan } from '#contract/rest/plan';
import type { Session } from '#contract/rest/sessions';
import type { Sky } from '#contract/rest/sky';
import type { Api } from './api.ts';
import type { CellTable } from './cell-table.ts';
import { watchHealth, type HealthReport } from './health-watch.ts';
import { LiveSession, type LivePhase } from './live-session.ts';
import { createPointRate, WINDOW_POINTS } from './point-rate.ts';
import { pageTiming } from './page-timing.ts';
import { Repetition } from './repetition.ts';
import { sessionSource } from './session-source.ts';

// Each change of the status text causes a layout of the page.
const LOADING_EVERY_MS = 100;
// The first points usually arrive with their session, and drawing an empty map before them takes as
// long as drawing the map.
const FIRST_POINTS_MS = 150;

/** A live session as reactive state for components, updated at most once per frame. */
export class LiveView {
  phase = $state<LivePhase>('loading');
  statusText = $state('');
  session = $state.raw<Session | undefined>();
  plan = $state.raw<Plan | undefined>();
  table = $state.raw<CellTable | undefined>();
  /** Number of cells with a level. */
  measured = $state(0);
  /** Number of cells beside those of the grid. */
  addedCells = $state(0);
  unit = $state<'dBm' | 'dBFS' | undefined>();
  /** Points per second. */
  pointRate = $state<number | undefined>();
  /** Time of the last message (`performance.now()`). */
  lastMessageAtMs = $state(0);

  readonly #live: LiveSession;
  #frame = 0;
  #messages = 0;
  #shownAtMs = -Infinity;
  #pointRate = createPointRate();
  #latest = { measuredAtMs: 0, lastMessageAtMs: 0 };
  #watched: CellTable | undefined;
  #forgetCells: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, id: number) {
    this.#live = new LiveSession(id, sessionSource(api), pageTiming);
    this.#live.onChange(() => {
      this.#watchCells();
      if (this.#onlyLoads()) return;
      if (this.#awaitsPoints()) this.#timer ??= setTimeout(() => this.#request(), FIRST_POINTS_MS);
      else this.#request();
    });
  }

  /** Requests notes and the expected end immediately. */
  refresh(): void {
    this.#live.refresh();
  }

  /** Reconnects immediately. */
  retry(): void {
    this.#live.retry();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#forgetCells?.();
    this.#live.close();
  }

  #watchCells(): void {
    const { table } = this.#live;
    if (table === this.#watched || !table) return;
    this.#watched = table;
    this.#forgetCells?.();
    this.#pointRate = createPointRate();
    this.#forgetCells = table.map.onChange((cells) => {
      for (const cell of cells.slice(-WINDOW_POINTS)) {
        const measuredAtMs = table.timeMs[cell] ?? NaN;
        this.#pointRate.add(measuredAtMs);
        this.#latest = { measuredAtMs, lastMessageAtMs: performance.now() };
      }
    });
  }

  #request(): void {
    this.#frame ||= requestAnimationFrame(() => this.#show());
  }

  /** Whether the session is known, but none of its stored points. */
  #awaitsPoints(): boolean {
    const { phase, session, table } = this.#live;
    return phase === 'loading' && !!session && session.completed_points > 0 && table?.map.measured === 0;
  }

  /**
   * Whether only the number of loaded points has changed since an update within the last
   * LOADING_EVERY_MS.
   */
  #onlyLoads(): boolean {
    const { phase, session, plan } = this.#live;
    const known = this.phase === 'loading' && session === this.session && plan === this.plan;
    return known && phase === 'loading' && performance.now() < this.#shownAtMs + LOADING_EVERY_MS;
  }

  #show(): void {
    this.#frame = 0;
    this.#shownAtMs = performance.now();
    const { phase, statusText, session, plan, table, messages } = this.#live;
    if (messages !== this.#messages) this.lastMessageAtMs = this.#shownAtMs;
    this.#messages = messages;
    this.phase = phase;
    this.statusText = statusText;
    this.session = session;
    this.plan = plan;
    this.table = table;
    this.measured = table?.map.measured ?? 0;
    this.addedCells = table?.map.added?.placed.length ?? 0;
    this.unit = table?.unit;
    // Extrapolates the clock of the measuring machine from the last point.
    const { measuredAtMs, lastMessageAtMs } = this.#latest;
    this.pointRate = this.#pointRate.perSecond(measuredAtMs + performance.now() - lastMessageAtMs);
  }
}

const SKY_EVERY_MS = 60_000;

/** Positions of the Sun and the Moon, updated every minute. */
export class SkyPositions {
  sky = $state.raw<Sky | undefined>();
  readonly close: () => void;

  constructor(api: Api) {
    const repetition = new Repetition(async (signal) => {
      this.sky = await api.get('/api/sky', signal);
    }, SKY_EVERY_MS);
    this.close = () => repetition.stop();
  }
}

/** The report of `/health` while a session sends no messages. */
export class HealthView {
  report = $state.raw<HealthReport | undefined>();
  readonly close: () => void;

  /** `silentMs`: time since the last message; undefined if none is expected. */
  constructor(api: Api, silentMs: () => number | undefined) {
    const probe = {
      ask: (signal: AbortSignal) => api.get('/health', signal),
      // A hidden page does not poll: phones suspend its network.
      // `untrack`: the calling effect must not rerun with every message.
      silentMs: () => untrack(() => (document.hidden ? undefined : silentMs())),
    };
    this.close = watchHealth(probe, pageTiming, (report) => {
      this.report = report;
    });
  }
}
