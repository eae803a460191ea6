import type { CatalogueChange, CatalogueEntry } from '#contract/rest/sources';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { count } from '../lib/format.ts';
import { centreText, compassPoint, extentOf, proposedTitle } from './source-text.ts';

/** Columns by which the catalogue can be sorted, with their order of the first click. */
export const CATALOGUE_SORTS = {
  title: { value: (entry: CatalogueEntry) => titleOf(entry).toLowerCase(), isDescending: false },
  azimuth: { value: ({ azimuth }: CatalogueEntry) => azimuthOnCircleDeg(azimuth), isDescending: false },
  frequency: { value: (entry: CatalogueEntry) => extentOf(entry)?.fromHz ?? 0, isDescending: false },
  first: { value: ({ first_seen }: CatalogueEntry) => Date.parse(first_seen), isDescending: true },
  last: { value: ({ last_seen }: CatalogueEntry) => Date.parse(last_seen), isDescending: true },
  sightings: { value: ({ sightings }: CatalogueEntry) => sightings, isDescending: true },
} as const;
export type CatalogueColumn = keyof typeof CATALOGUE_SORTS;

export interface CatalogueQuery {
  /** Undefined: known and unknown ones. */
  isKnown: boolean | undefined;
  /** Those that users ignore, instead of the others. */
  isIgnored: boolean;
  /** Words that an entry must contain. */
  text: string;
  by: CatalogueColumn;
  isDescending: boolean;
}

/** Parses `?known=false&search=mast&sort=-last&ignored=true`; ignores invalid values. */
export function parseCatalogueQuery(query: URLSearchParams): CatalogueQuery {
  const known = query.get('known');
  const given = query.get('sort') ?? '';
  const sort = Object.hasOwn(CATALOGUE_SORTS, given.replace(/^-/, '')) ? given : '-last';
  return {
    isKnown: known === 'true' || known === 'false' ? known === 'true' : undefined,
    isIgnored: query.get('ignored') === 'true',
    text: query.get('search') ?? '',
    by: sort.replace(/^-/, '') as CatalogueColumn,
    isDescending: sort.startsWith('-'),
  };
}

/** The name of an entry, of its identity, or a title from direction and frequency. */
export function titleOf(entry: CatalogueEntry): string {
  return entry.name ?? entry.identity ?? proposedTitle(entry);
}

/** `3 of 5`: the sessions with a source, of those that cover it; `3` if it moves. */
export function seenText({
  sessions_seen: seen,
  sessions_covered: covered,
}: Pick<CatalogueEntry, 'sessions_seen' | 'sessions_covered'>): string {
  return covered === null ? count(seen) : `${count(seen)} of ${count(covered)}`;
}

/** What a change of an entry does, in the past tense. */
export function changeText(entry: CatalogueEntry, change: CatalogueChange): string {
  const { name, note, is_known, is_ignored } = change;
  const title = titleOf({ ...entry, name: name === undefined ? entry.name : name });
  if (is_ignored !== undefined && is_ignored !== entry.is_ignored)
    return is_ignored ? `Ignored: ${title}.` : `No longer ignored: ${title}.`;
  const changes = [
    ...(name !== undefined && name !== entry.name ? [name === null ? 'name removed' : 'renamed'] : []),
    ...(note !== undefined && note !== entry.note ? [note === null ? 'note removed' : 'note saved'] : []),
    ...(is_known !== undefined && is_known !== entry.is_known
      ? [is_known ? 'marked as known' : 'no longer marked as known']
      : []),
  ];
  return `${title}: ${changes.join(', ')}.`;
}

export function catalogueRows(
  entries: readonly CatalogueEntry[],
  { isKnown, text, by, isDescending }: Omit<CatalogueQuery, 'isIgnored'>,
): CatalogueEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const { value } = CATALOGUE_SORTS[by];
  const sign = isDescending ? -1 : 1;
  const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
  return entries
    .filter((entry) => isKnown === undefined || entry.is_known === isKnown)
    .filter((entry) => words.every((word) => textOf(entry).includes(word)))
    .toSorted((a, b) => sign * compare(value(a), value(b)) || b.id - a.id);
}

function textOf(entry: CatalogueEntry): string {
  const direction = `${proposedTitle(entry)} ${compassPoint(entry.azimuth)}`;
  return [titleOf(entry), entry.identity ?? '', entry.note ?? '', direction, centreText(entry)]
    .join(' ')
    .toLowerCase();
}
