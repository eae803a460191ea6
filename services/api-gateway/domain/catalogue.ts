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
  const unknown = entries.filter(
    ({ identity, isNarrow }) => identity === null && isNarrow === source.isNarrow,
  );
  return nearestEntry(source, unknown, beamWidthDeg);
}

/** The nearest entry within half of a beam width on common frequencies, whatever it is. */
export function nearestEntry<Entry extends Pointing & Pick<CatalogueKey, 'channels'>>(
  place: Pointing & Pick<CatalogueKey, 'channels'>,
  entries: readonly Entry[],
  beamWidthDeg: number,
): Entry | undefined {
  const [nearest] = entries
    .filter((entry) => shareRange(entry, place))
    .map((entry) => ({ entry, apartDeg: separationDeg(entry, place) }))
    .filter(({ apartDeg }) => apartDeg < SAME_PLACE * beamWidthDeg)
    .sort((a, b) => a.apartDeg - b.apartDeg);
  return nearest?.entry;
}

function shareRange(a: Pick<CatalogueKey, 'channels'>, b: Pick<CatalogueKey, 'channels'>): boolean {
  return a.channels.some((one) =>
    b.channels.some((other) => one.from_hz < other.to_hz && other.from_hz < one.to_hz),
  );
}
