import type { Baseline } from '#contract/rest/baselines';

type Ranges = readonly { from_hz: number; to_hz: number }[];

/** The narrowest part of the band that contains frequencies; the whole first band by default. */
export function partOf(bands: Baseline['bands'], channels: Ranges): number {
  if (channels.length === 0) return 0;
  const from = Math.min(...channels.map(({ from_hz }) => from_hz));
  const to = Math.max(...channels.map(({ to_hz }) => to_hz));
  const centre = (from + to) / 2;
  const [best] = bands
    .filter(
      (part) => part.from_hz <= centre && centre <= part.to_hz && part.to_hz - part.from_hz >= to - from,
    )
    .toSorted((a, b) => a.to_hz - a.from_hz - (b.to_hz - b.from_hz));
  return best?.index ?? 0;
}

/** What the pictures of a comparison show, in the order of the page. */
export const PICTURES = [
  { value: 'usual', text: 'Before', about: 'the usual levels' },
  { value: 'level', text: 'After', about: 'the levels of this session' },
  { value: 'change_db', text: 'Difference', about: 'the change' },
] as const;

export interface PictureQuery {
  sessionId: number;
  baselineId: number;
  /** Part of the band. */
  band: number;
  theme: 'light' | 'dark';
  size: number;
}

export function picturePath(
  { sessionId, baselineId, band, theme, size }: PictureQuery,
  value: (typeof PICTURES)[number]['value'],
): string {
  const query = new URLSearchParams({
    baseline: String(baselineId),
    band: String(band),
    value,
    fit: 'true',
    size: String(size),
    theme,
  });
  return `/api/skyscan/${sessionId}/anomalies/map.png?${query}`;
}
