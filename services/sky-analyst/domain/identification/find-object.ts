import { SkyScanError } from '#shared/base/errors';
import type { OrbitalElements } from '#shared/sky/look';
import type { Emitter } from './emitters.ts';
import { MAX_AGE_DAYS } from './matches.ts';
import { orbitOf } from './satellites.ts';

/** A satellite that was asked for by its name. */
export interface FoundSatellite {
  elements: OrbitalElements;
  /** Age up to which they describe its orbit. */
  maxAgeDays: number;
}

const MAX_SUGGESTIONS = 3;

/**
 * The satellite with this name or catalogue number. Throws `not_found`, with similar names, and
 * `wrong_state` if several have the name.
 */
export function findSatellite(satellites: readonly OrbitalElements[], asked: string): FoundSatellite {
  const number = /^\d+$/.test(asked.trim()) ? Number(asked) : undefined;
  const byNumber = satellites.filter(({ NORAD_CAT_ID }) => Number(NORAD_CAT_ID) === number);
  const found = byNumber.length > 0 ? byNumber : named(satellites, asked, ({ OBJECT_NAME: name }) => name);
  const [elements, ...others] = found;
  if (!elements) throw unknown('satellite', asked, satellites, ({ OBJECT_NAME: name }) => name);
  if (others.length > 0)
    throw new SkyScanError(
      'wrong_state',
      `${found.length} satellites are named ${JSON.stringify(asked.trim())}: use a catalogue number: ${found
        .slice(0, MAX_SUGGESTIONS)
        .map(({ NORAD_CAT_ID }) => NORAD_CAT_ID)
        .join(', ')}`,
    );
  return { elements, maxAgeDays: MAX_AGE_DAYS[orbitOf(elements)] };
}

/** The emitter with this name. Throws `not_found`, and `wrong_state` if several have the name. */
export function findEmitter(emitters: readonly Emitter[], asked: string): Emitter {
  const found = named(emitters, asked, ({ name }) => name);
  const [emitter, ...others] = found;
  if (!emitter) throw unknown('emitter', asked, emitters, ({ name }) => name);
  if (others.length > 0)
    throw new SkyScanError(
      'wrong_state',
      `${found.length} emitters are named ${JSON.stringify(asked.trim())}: give them different names`,
    );
  return emitter;
}

function named<T>(all: readonly T[], asked: string, nameOf: (object: T) => string): T[] {
  const name = folded(asked);
  return all.filter((object) => folded(nameOf(object)) === name);
}

function unknown<T>(what: string, asked: string, all: readonly T[], nameOf: (object: T) => string) {
  const part = folded(asked);
  const similar = all
    .map(nameOf)
    .filter((name) => folded(name).includes(part))
    .slice(0, MAX_SUGGESTIONS);
  const hint = similar.length > 0 ? `; similar: ${similar.join(', ')}` : '';
  return new SkyScanError(
    'not_found',
    `${what} ${JSON.stringify(asked.trim())} is none of the ${all.length} known ones${hint}`,
  );
}

function folded(name: string): string {
  return name.trim().toLowerCase();
}
