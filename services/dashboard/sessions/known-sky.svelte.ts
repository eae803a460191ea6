import { untrack } from 'svelte';
import { OVERLAY_KINDS, type OverlayKind } from '#contract/known-sky-values';
import type { Overlays } from '#contract/rest/overlays';
import type { SkyCurve } from '#sky-map/curves';
import { errorText, type Api } from '../lib/api.ts';

/**
 * Known objects on the map of a session: each kind is loaded when it is switched on. Create it
 * during component initialisation.
 */
export class KnownSky {
  #loaded = $state.raw<Partial<Record<OverlayKind, SkyCurve[]>>>({});
  #notes = $state.raw<readonly string[]>([]);
  problem = $state<string | undefined>();
  readonly #kinds: () => readonly OverlayKind[];
  /** What is switched on and loaded. */
  readonly curves = $derived.by(() => this.#kinds().flatMap((kind) => this.#loaded[kind] ?? []));
  /** What is left out. */
  readonly notes = $derived.by(() => (this.#kinds().length > 0 ? this.#notes : []));

  /** `kinds`: those that are switched on. */
  constructor(api: Pick<Api, 'get'>, id: () => number, kinds: () => readonly OverlayKind[]) {
    this.#kinds = kinds;
    $effect(() => {
      const missing = kinds().filter((kind) => untrack(() => this.#loaded[kind]) === undefined);
      this.problem = undefined;
      if (missing.length === 0) return;
      const leaving = new AbortController();
      api
        .get(`/api/skyscan/${id()}/overlays?kinds=${missing.join(',')}`, leaving.signal)
        .then((answer) => this.#add(answer))
        .catch((error: unknown) => {
          if (!leaving.signal.aborted) this.problem = errorText(error);
        });
      return () => leaving.abort();
    });
  }

  #add(answer: Overlays): void {
    this.#loaded = { ...this.#loaded, ...curvesOf(answer) };
    this.#notes = [...new Set([...this.#notes, ...answer.notes])];
  }
}

/** The curves of each kind in an answer. */
function curvesOf(answer: Overlays): Partial<Record<OverlayKind, SkyCurve[]>> {
  const found: Partial<Record<OverlayKind, SkyCurve[]>> = {};
  for (const kind of OVERLAY_KINDS) {
    const curves = answer[kind]?.map(({ name, points }) => ({
      kind,
      name,
      points: points.map(({ azimuth, elevation }) => ({ azimuthDeg: azimuth, elevationDeg: elevation })),
    }));
    if (curves) found[kind] = curves;
  }
  return found;
}
