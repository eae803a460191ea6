import { separationDeg, type Pointing } from '#shared/sky/pointing';

/** Frequencies in Hz, as in the API. */
interface Range {
  from_hz: number;
  to_hz: number;
}

/** What tells sources apart. */
export interface CatalogueKey extends Pointing {
  /** What it was identified as; null: unknown. */
  identity: string | null;
  channels: readonly Range[];
  isNarrow: boolean;
}

/** Unknown sources are one if they are nearer than this, in beam widths. */
const SAME_PLACE = 0.5;

/**
 * The entry of a catalogue that a source belongs to. What was identified belongs to the entry of
 * that name, wherever it is: the Sun moves. Others belong to the nearest entry within half of a
 * beam width that is on common frequencies; a source on the whole band only to one that is too.
 */
export function entryOf<Entry extends CatalogueKey>(
  source: CatalogueKey,
  entries: readonly Entry[],
  beamWidthDeg: number,
): Entry | undefined {
  if (source.identity !== null) return entries.find(({ identity }) => identity === source.identity);
  const near = entries
    .filter(
      (entry) => entry.identity === null && entry.isNarrow === source.isNarrow && shareRange(entry, source),
    )
    .map((entry) => ({ entry, apartDeg: separationDeg(entry, source) }))
    .filter(({ apartDeg }) => apartDeg < SAME_PLACE * beamWidthDeg)
    .sort((a, b) => a.apartDeg - b.apartDeg);
  return near[0]?.entry;
}

function shareRange(a: Pick<CatalogueKey, 'channels'>, b: Pick<CatalogueKey, 'channels'>): boolean {
  return a.channels.some((one) =>
    b.channels.some((other) => one.from_hz < other.to_hz && other.from_hz < one.to_hz),
  );
}
