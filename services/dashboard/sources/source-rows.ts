import type { Source, SourceFlag } from '#contract/rest/sources';
import { azimuthOnCircleDeg } from '#shared/sky/pointing';
import { extentOf } from './source-text.ts';

export const FILTERS = {
  all: 'All',
  narrow: 'Narrow',
  main: 'Without side lobes',
} as const;
export type Filter = keyof typeof FILTERS;

/** Columns by which sources can be sorted, with their order of the first click. */
export const SORTS = {
  number: { value: ({ number }: Source) => number, isDescending: false },
  azimuth: { value: ({ azimuth }: Source) => azimuthOnCircleDeg(azimuth), isDescending: false },
  elevation: { value: ({ elevation }: Source) => elevation, isDescending: true },
  frequency: { value: (source: Source) => extentOf(source)?.fromHz ?? 0, isDescending: false },
  peak: { value: ({ peak_db }: Source) => peak_db, isDescending: true },
  snr: { value: ({ snr }: Source) => snr, isDescending: true },
} as const;

/** A column of a table and the direction. */
export interface Sort<Name extends string> {
  by: Name;
  isDescending: boolean;
}

/** The order after a click on the head of a column: its first one, then the other one. */
export function sortAfterClick<Name extends string>(
  sort: Sort<Name>,
  by: Name,
  isDescendingFirst: boolean,
): Sort<Name> {
  return { by, isDescending: sort.by === by ? !sort.isDescending : isDescendingFirst };
}

/** The sources to show; `flag`: only with this flag. */
export function sourceRows(
  sources: readonly Source[],
  filter: Filter,
  flag: SourceFlag | undefined,
  { by, isDescending }: Sort<keyof typeof SORTS>,
): Source[] {
  const { value } = SORTS[by];
  const sign = isDescending ? -1 : 1;
  return sources
    .filter(
      ({ flags, is_narrow }) =>
        (filter !== 'narrow' || is_narrow) &&
        (filter !== 'main' || !flags.includes('sidelobe')) &&
        (flag === undefined || flags.includes(flag)),
    )
    .toSorted((a, b) => sign * (value(a) - value(b)) || a.number - b.number);
}
