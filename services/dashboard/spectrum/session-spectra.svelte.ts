import { untrack } from 'svelte';
import { ApiError } from '#contract/client/api-error';
import type { SpectrumSummary } from '#contract/rest/spectra';
import type { SkyMap } from '#sky-map/sky-map';
import { errorText } from '../lib/api.ts';
import type { LiveView } from '../lib/live-view.svelte.ts';
import { pageTiming } from '../lib/page-timing.ts';
import { Repetition } from '../lib/repetition.ts';
import type { Band } from '../sessions/selection-address.ts';
import type { Selection } from '../sessions/selection.svelte.ts';
import type { MapQuery } from './band-query.ts';
import { followBand } from './follow-band.ts';
import { measuredBands } from './spectral-plan.ts';
import type { SpectraSource } from './spectra-source.ts';
import { usableBand } from './spectrum-shape.ts';

const SUMMARY_EVERY_MS = 10_000;
const RETRY_MS = 3_000;

/**
 * The spectra of a session as reactive state: the summary of all points, and the map of the
 * selected band. Create it during component initialisation.
 */
export class SessionSpectra {
  readonly source: SpectraSource;
  summary = $state.raw<SpectrumSummary | undefined>();
  /** Why there is no summary. */
  problem = $state<string | undefined>();
  /** The map of `shown`; the previous one until the next one is loaded. */
  map = $state.raw<SkyMap | undefined>();
  shown = $state.raw<MapQuery | undefined>();
  /** Why the selected map cannot be loaded. */
  mapProblem = $state<string | undefined>();
  isLoading = $state(false);
  readonly #view: () => LiveView | undefined;
  readonly bands = $derived.by(() => measuredBands(this.#view()?.plan));
  readonly exist = $derived(this.bands.length > 0);

  constructor(source: SpectraSource, view: () => LiveView | undefined, selection: Selection) {
    this.source = source;
    this.#view = view;
    const hasEnded = $derived(view()?.phase === 'ended');
    const measured = $derived((view()?.measured ?? 0) > 0);
    const index = $derived(Math.min(selection.bandIndex, Math.max(0, this.bands.length - 1)));

    $effect(() => {
      const bandIndex = index;
      if (!this.exist || !measured) return;
      const isFinal = hasEnded;
      const repetition = new Repetition(
        async (signal) => {
          this.summary = await source.summary(bandIndex, signal);
          this.problem = undefined;
          if (isFinal) repetition.stop();
        },
        SUMMARY_EVERY_MS,
        (error) => (this.problem = errorText(error)),
      );
      return () => repetition.stop();
    });

    const whole = $derived(this.summary && usableBand(this.summary));
    const wanted = $derived(wantedQuery(selection, index, whole));
    // The same query is not loaded again when the summary is.
    const key = $derived(JSON.stringify(wanted ?? null));
    const table = $derived(view()?.table);
    $effect(() => {
      const query = JSON.parse(key) as MapQuery | null;
      if (!query || !table || !this.exist || !measured) {
        this.map = this.shown = this.mapProblem = undefined;
        this.isLoading = false;
        return;
      }
      const ending = new AbortController();
      const { signal } = ending;
      this.isLoading = true;
      const onMap = (map: SkyMap) => {
        this.map = map;
        this.shown = query;
        this.mapProblem = undefined;
        this.isLoading = false;
      };
      const follow = async (): Promise<void> => {
        try {
          await followBand({ source, table, query, signal, onMap, timing: pageTiming });
        } catch (error) {
          if (signal.aborted) return;
          this.map = this.shown = undefined;
          this.mapProblem = errorText(error);
          this.isLoading = false;
          // The search for interference has not finished.
          if (!('interference' in query && error instanceof ApiError && error.status === 409)) return;
          await pageTiming.sleep(RETRY_MS, signal);
          await follow();
        }
      };
      follow().catch(() => undefined); // aborted
      return () => untrack(() => ending.abort());
    });
  }
}

/** Undefined: the map shows the levels of the points. */
function wantedQuery(
  { band, statistic, interference }: Selection,
  bandIndex: number,
  whole: Band | undefined,
): MapQuery | undefined {
  if (interference !== undefined) return { interference, bandIndex };
  if (band) return { band, statistic, bandIndex };
  return statistic === 'mean' || !whole ? undefined : { band: whole, statistic, bandIndex };
}
