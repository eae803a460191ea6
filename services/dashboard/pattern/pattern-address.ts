import { bandFigures, type Band } from '../sessions/selection-address.ts';

/** What a session was scanned over. */
export const SOURCE_KINDS = ['sun', 'moon', 'satellite', 'emitter', 'direction'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Numbers that the pattern may depend on, as in the API. */
export const SETTINGS = [
  'diameter_m',
  'distance_m',
  'source_width_deg',
  'background_db',
  'flux_sfu',
  'gain_dbi',
  'high_gain_session',
] as const;
export type Setting = (typeof SETTINGS)[number];

/** The source and the settings as typed; the API checks them. */
export interface PatternForm {
  /** Undefined: the session knows its source. */
  kind: SourceKind | undefined;
  /** Of a satellite or an emitter. */
  name: string;
  azimuth: string;
  elevation: string;
  settings: Record<Setting, string>;
}

/**
 * Parses `?over=sun`, `over=satellite:NOAA 19`, `over=emitter:mast`, `over=135,30` and settings.
 * `source` in an address is the selected source of the session.
 */
export function parseForm(query: URLSearchParams): PatternForm {
  const over = query.get('over') ?? '';
  const [, named, name = ''] = /^(satellite|emitter):(.*)$/s.exec(over) ?? [];
  const [, azimuth = '', elevation = ''] = /^([^,:]*),([^,:]*)$/.exec(over) ?? [];
  const wanted = named ?? (over.includes(',') ? 'direction' : over);
  const settings = Object.fromEntries(SETTINGS.map((setting) => [setting, query.get(setting) ?? '']));
  return {
    kind: SOURCE_KINDS.find((kind) => kind === wanted),
    name,
    azimuth,
    elevation,
    settings: settings as Record<Setting, string>,
  };
}

/** The parameters of the address; undefined removes one. */
export function formAddress({
  kind,
  name,
  azimuth,
  elevation,
  settings,
}: PatternForm): Record<string, string | undefined> {
  const over =
    kind === 'direction'
      ? `${azimuth},${elevation}`
      : kind === 'satellite' || kind === 'emitter'
        ? `${kind}:${name}`
        : kind;
  return {
    over,
    ...Object.fromEntries(SETTINGS.map((setting) => [setting, settings[setting] || undefined])),
  };
}

/** The query of the API. `band`: only these channels of the spectra. */
export function patternQuery(
  { kind, name, azimuth, elevation, settings }: PatternForm,
  band: Band | undefined,
  bandIndex: number,
): string {
  const query = new URLSearchParams();
  if (kind === 'sun' || kind === 'moon') query.set('source', kind);
  else if (kind === 'direction') {
    query.set('azimuth', azimuth);
    query.set('elevation', elevation);
  } else if (kind !== undefined) query.set(kind, name);
  for (const setting of SETTINGS) if (settings[setting] !== '') query.set(setting, settings[setting]);
  if (band) {
    const [from, to] = bandFigures(band);
    query.set('from_hz', from);
    query.set('to_hz', to);
    query.set('band', String(bandIndex));
  }
  return query.toString();
}
