import { OVERLAY_KINDS, type OverlayKind } from '#contract/known-sky-values';
import type { Overlays } from '#contract/rest/overlays';
import type { SkyCurve } from '#sky-map/curves';
import { errorText, type Api } from '../lib/api.ts';
import { Repetition } from '../lib/repetition.ts';

/** While a session runs, its time grows, and with it the tracks of satellites. */
const EVERY_MS = 60_000;

/**
 * Known objects on the map of a session: each kind is loaded when it is switched on, and again and
 * again while the session is active. Create it during component initialisation.
 */
export class KnownSky {
  #loaded = $state.raw<Partial<Record<OverlayKind, SkyCurve[]>>>({});
  #notes = $state.raw<readonly string[]>([]);
  problem = $state<string | undefined>();
  readonly #kinds: () => readonly OverlayKind[];
  /** Those loaded after the end of the session. */
  readonly #final = new Set<OverlayKind>();
  /** What is switched on and loaded. */
  readonly curves = $derived.by(() => this.#kinds().flatMap((kind) => this.#loaded[kind] ?? []));
  /** What is left out. */
  readonly notes = $derived.by(() => (this.#kinds().length > 0 ? this.#notes : []));

  /**
   * `kinds`: those that are switched on. `isActive`: the session has not ended; undefined: not
   * known yet.
   */
  constructor(
    api: Pick<Api, 'get'>,
    id: () => number,
    kinds: () => readonly OverlayKind[],
    isActive: () => boolean | undefined,
  ) {
    this.#kinds = kinds;
    $effect(() => {
      const shown = kinds();
      const missing = shown.filter((kind) => !this.#final.has(kind));
      this.problem = undefined;
      if (missing.length === 0) return;
      const mayChange = isActive();
      if (mayChange === undefined) return;
      const session = id();
      const repetition = new Repetition(
        async (signal) => {
          const answer = await api.get(`/api/skyscan/${session}/overlays?kinds=${missing.join(',')}`, signal);
          const others = missing.length < shown.length ? this.#notes : [];
          this.#loaded = { ...this.#loaded, ...curvesOf(answer) };
          this.#notes = [...new Set([...others, ...answer.notes])];
          this.problem = undefined;
          if (mayChange) return;
          for (const kind of missing) this.#final.add(kind);
          repetition.stop();
        },
        EVERY_MS,
        (error) => {
          this.problem = errorText(error);
          if (!mayChange) repetition.stop();
        },
      );
      return () => repetition.stop();
    });
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
