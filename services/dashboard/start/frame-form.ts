import { LATTICES } from '#shared/sky/grid-shape';
import { toNumber, type FormField, type FormValues } from '../rotors/form-fields.ts';

/** Kinds of sources, by their label. */
export const FRAME_KINDS = {
  sun: 'Sun',
  moon: 'Moon',
  direction: 'Direction',
  satellite: 'Satellite',
  emitter: 'Emitter',
} as const;
export type FrameKind = keyof typeof FRAME_KINDS;

/** What a form has when a source is chosen first. */
export const FRAME_SUGGESTED: FormValues = {
  frame: false,
  'frame.kind': 'sun',
  'frame.name': '',
  'frame.azimuth': '180',
  'frame.elevation': '30',
};

/** Offsets in the place of the whole sky, when a source is switched on. */
export const FRAME_SQUARE: FormValues = { az_start: '-20', az_end: '20', el_start: '-20', el_end: '20' };

/** The source as the API takes it; invalid numbers are null, which it rejects with a message. */
export function frameOf(form: FormValues): { source: unknown } {
  return { source: sourceOf(form) };
}

function sourceOf(form: FormValues): unknown {
  const name = String(form['frame.name']);
  const kind = form['frame.kind'] as FrameKind;
  switch (kind) {
    case 'sun':
    case 'moon':
      return kind;
    case 'satellite':
      return { satellite: name };
    case 'emitter':
      return { emitter: name };
    case 'direction':
      return {
        azimuth: toNumber(String(form['frame.azimuth'])),
        elevation: toNumber(String(form['frame.elevation'])),
      };
  }
}

/** The grids that a form offers: those of offsets need a source. */
export function gridChoices({ choices }: Pick<FormField, 'choices'>, hasFrame: boolean): string[] {
  return hasFrame ? choices : choices.filter((choice) => LATTICES.some((lattice) => lattice === choice));
}
