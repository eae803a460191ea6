import type { Place } from '#shared/sky/look';
import type { Pointing } from '#shared/sky/pointing';
import { shareFrequency, type FrequencyRange } from '../frequency-range.ts';
import type { KnownSky } from './detected-source.ts';
import { geostationaryBelt } from './geostationary-belt.ts';
import { emitterPointings, equatorialGrid, milkyWay, passesOf, type Pass } from './overlays.ts';
import type { Satellite } from './satellites.ts';

/** What can be drawn over a map of the sky. */
export const OVERLAY_KINDS = ['belt', 'passes', 'emitters', 'milky_way', 'equatorial'] as const;
export type OverlayKind = (typeof OVERLAY_KINDS)[number];

/** A line or, with one point, a place. Times are those of a pass, Unix time in milliseconds. */
export interface OverlayCurve {
  name: string;
  points: (Pointing & { unixMs?: number })[];
}

export interface OverlaysRequest {
  kinds: readonly OverlayKind[];
  fromMs: number;
  toMs: number;
  /** Measured frequencies; they select the satellites. */
  bands: readonly FrequencyRange[];
}

export interface SkyOverlays {
  curves: { kind: OverlayKind; curves: OverlayCurve[] }[];
  /** What is left out. */
  notes: string[];
}

const MAX_PASSES = 200;
const MAX_SPAN_MS = 48 * 3_600_000;
const STEP_MS = { low_satellite: 20_000, satellite: 120_000, geostationary: 900_000 };

/** The overlays of a session; `known` is read only when satellites or emitters are requested. */
export function skyOverlaysOf(
  site: Place,
  { kinds, fromMs, toMs, bands }: OverlaysRequest,
  known: () => KnownSky,
): SkyOverlays {
  const notes: string[] = [];
  const middleMs = (fromMs + toMs) / 2;
  if (toMs - fromMs > 600_000 && kinds.some((kind) => kind === 'milky_way' || kind === 'equatorial'))
    notes.push(`Milky Way and grid are those of ${new Date(middleMs).toISOString().slice(0, 16)}Z`);
  const curvesOf: Record<OverlayKind, () => OverlayCurve[]> = {
    belt: () => [{ name: 'geostationary belt', points: geostationaryBelt(site, 2).map((p) => p.pointing) }],
    passes: () => limitedPasses(known().satellites, bands, fromMs, toMs, notes),
    emitters: () =>
      emitterPointings(site, known().emitters).map(({ name, ...pointing }) => ({ name, points: [pointing] })),
    milky_way: () => milkyWay(site, middleMs),
    equatorial: () => equatorialGrid(site, middleMs),
  };
  return { curves: kinds.map((kind) => ({ kind, curves: curvesOf[kind]() })), notes };
}

/** Passes of the satellites that transmit in the bands; if there are none, geostationary ones. */
function limitedPasses(
  satellites: readonly Satellite[],
  bands: readonly FrequencyRange[],
  fromMs: number,
  toMs: number,
  notes: string[],
): OverlayCurve[] {
  const inBand = satellites.filter(
    ({ frequencies }) => frequencies !== undefined && shareFrequency(frequencies, bands),
  );
  const chosen = inBand.length > 0 ? inBand : satellites.filter(({ orbit }) => orbit === 'geostationary');
  if (satellites.length > chosen.length)
    notes.push(
      `${satellites.length - chosen.length} of ${satellites.length} satellites are left out: ` +
        (inBand.length > 0
          ? 'no known frequency of theirs is in a measured band'
          : 'no satellite has a known frequency in a measured band; geostationary ones are shown'),
    );
  const endMs = Math.min(toMs, fromMs + MAX_SPAN_MS);
  if (endMs < toMs) notes.push(`Passes are those of the first ${MAX_SPAN_MS / 3_600_000} hours`);
  const passes: Pass[] = [];
  for (const [index, satellite] of chosen.entries()) {
    if (passes.length >= MAX_PASSES) {
      notes.push(
        `${chosen.length - index} of ${chosen.length} chosen satellites are left out: at most ${MAX_PASSES} passes are shown`,
      );
      break;
    }
    passes.push(...passesOf([satellite], fromMs, endMs, STEP_MS[satellite.orbit]));
  }
  return passes.slice(0, MAX_PASSES);
}
