import type { Anomaly, Comparison } from '#contract/rest/anomalies';
import type { Baseline } from '#contract/rest/baselines';
import { errorText, type Api } from '../lib/api.ts';
import { loadCellValues, type CellValues } from '../lib/cell-values.ts';
import { Repetition } from '../lib/repetition.ts';

const OPEN_EVERY_MS = 2_000;
const EVERY_MS = 15_000;

/** Of which comparison the results are loaded. */
export interface ChosenComparison {
  baselineId: number | undefined;
  /** Part of the band of the map. */
  band: number;
}

/** The comparisons of a session with baselines and the result of one, as reactive state. */
export class SessionChanges {
  /** Undefined while they are loaded. */
  comparisons = $state.raw<readonly Comparison[] | undefined>();
  baselines = $state.raw<readonly Baseline[] | undefined>();
  /** Undefined: not known. */
  anomalies = $state.raw<readonly Anomaly[] | undefined>();
  cells = $state.raw<CellValues | undefined>();
  problem = $state<string | undefined>();
  /** Why the map cannot be loaded. */
  mapProblem = $state<string | undefined>();
  readonly #api: Api;
  readonly #path;
  /** Identify the results in `anomalies` and `cells`. */
  #loaded = '';
  #mapLoaded = '';

  constructor(api: Api, sessionId: number) {
    this.#api = api;
    this.#path = `/api/skyscan/${sessionId}` as const;
  }

  /** Whether a comparison is requested or running. */
  get isComparing(): boolean {
    return this.comparisons?.some(({ status }) => status === 'requested' || status === 'running') ?? false;
  }

  comparisonWith(baselineId: number | undefined): Comparison | undefined {
    return this.comparisons?.find(({ baseline_id }) => baseline_id === baselineId);
  }

  /** Loads the state again and again, often while a comparison is open; returns how to stop. */
  follow(chosen: ChosenComparison, isComparing: boolean): () => void {
    const repetition = new Repetition(
      async (signal) => {
        [this.comparisons, this.baselines] = await Promise.all([
          this.#api.get(`${this.#path}/comparisons`, signal),
          this.#api.get('/api/baselines', signal),
        ]);
        await this.#loadResult(chosen, signal);
        this.problem = undefined;
      },
      isComparing ? OPEN_EVERY_MS : EVERY_MS,
      (error) => (this.problem = errorText(error)),
    );
    return () => repetition.stop();
  }

  /** Throws `ApiError`. */
  async compare(baselineId: number): Promise<void> {
    const comparison = await this.#api.post(`${this.#path}/anomalies`, { baseline_id: baselineId });
    const others = (this.comparisons ?? []).filter(({ baseline_id }) => baseline_id !== baselineId);
    this.comparisons = [...others, comparison];
  }

  async #loadResult({ baselineId, band }: ChosenComparison, signal: AbortSignal): Promise<void> {
    const comparison = this.comparisonWith(baselineId);
    if (baselineId === undefined || comparison?.status !== 'done') {
      this.anomalies = this.cells = undefined;
      this.#loaded = this.#mapLoaded = '';
      return;
    }
    const path = `${this.#path}/anomalies` as const;
    const result = `${baselineId} ${comparison.finished_at}`;
    if (result !== this.#loaded) {
      this.anomalies = await this.#api.get(`${path}?baseline=${baselineId}`, signal);
      this.#loaded = result;
    }
    const map = `${result} ${band}`;
    if (map === this.#mapLoaded) return;
    try {
      const mapPath = `${path}/map?baseline=${baselineId}&band=${band}&format=columnar`;
      this.cells = await loadCellValues(this.#api, mapPath, signal);
      this.#mapLoaded = map;
      this.mapProblem = undefined;
    } catch (error) {
      if (signal.aborted) throw error;
      // The table stays without its map.
      this.mapProblem = errorText(error);
    }
  }
}
