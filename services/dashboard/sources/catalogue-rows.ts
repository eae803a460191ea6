import type { CatalogueEntry } from '#contract/rest/sources';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
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
  /** Words that an entry must contain. */
  text: string;
  by: CatalogueColumn;
  isDescending: boolean;
}

/** Parses `?known=false&search=mast&sort=-last`; ignores invalid values. */
export function parseCatalogueQuery(query: URLSearchParams): CatalogueQuery {
  const known = query.get('known');
  const given = query.get('sort') ?? '';
  const sort = Object.hasOwn(CATALOGUE_SORTS, given.replace(/^-/, '')) ? given : '-last';
  return {
    isKnown: known === 'true' || known === 'false' ? known === 'true' : undefined,
    text: query.get('search') ?? '',
    by: sort.replace(/^-/, '') as CatalogueColumn,
    isDescending: sort.startsWith('-'),
  };
}

/** The name of an entry, of its identity, or a title from direction and frequency. */
export function titleOf(entry: CatalogueEntry): string {
  return entry.name ?? entry.identity ?? proposedTitle(entry);
}

export function catalogueRows(
  entries: readonly CatalogueEntry[],
  { isKnown, text, by, isDescending }: CatalogueQuery,
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
