/** What is known of the sky is kept in three sets. */
export const KNOWN_SKY_KINDS = ['elements', 'frequencies', 'emitters'] as const;
export type KnownSkyKind = (typeof KNOWN_SKY_KINDS)[number];

/** Where a set is from. */
export const KNOWN_SKY_SOURCES = ['upload', 'folder', 'url'] as const;
export type KnownSkySource = (typeof KNOWN_SKY_SOURCES)[number];

/** What can be drawn over a map. */
export const OVERLAY_KINDS = ['belt', 'passes', 'emitters', 'milky_way', 'equatorial'] as const;
export type OverlayKind = (typeof OVERLAY_KINDS)[number];

/** Kinds of candidates for a source. */
export const CANDIDATE_KINDS = [
  'sun',
  'moon',
  'belt',
  'emitter',
  'low_satellite',
  'satellite',
  'geostationary',
] as const;

/** Largest upload of a set, bytes. */
export const KNOWN_SKY_MAX_BYTES: Record<KnownSkyKind, number> = {
  elements: 64 * 2 ** 20,
  frequencies: 32 * 2 ** 20,
  emitters: 16 * 2 ** 20,
};
