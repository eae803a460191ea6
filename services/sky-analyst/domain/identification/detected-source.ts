import type { Place } from '#shared/sky/look';
import type { FrequencyRange } from '../frequency-range.ts';
import type { Emitter } from './emitters.ts';
import type { Sighting } from './offsets.ts';
import type { Satellite } from './satellites.ts';

/** A source of a map, at one time or at several ones. */
export interface DetectedSource {
  sightings: readonly Sighting[];
  /** Empty: not known. */
  channels: readonly FrequencyRange[];
  /** Whether it is narrower than the measured band: then it is neither Sun nor Moon. */
  isNarrow: boolean;
}

/** Known objects as a site sees them. */
export interface KnownSky {
  site: Place;
  satellites: readonly Satellite[];
  emitters: readonly Emitter[];
}
