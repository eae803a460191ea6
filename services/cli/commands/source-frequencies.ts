import type { Source } from '#contract/rest/sources';

/** `433.9075-433.9325`, MHz, the first ranges; `whole band`. */
export function frequenciesOf({ channels, is_narrow }: Pick<Source, 'channels' | 'is_narrow'>): string {
  if (!is_narrow) return 'whole band';
  const shown = channels
    .slice(0, MAX_RANGES)
    .map(({ from_hz, to_hz }) => `${megahertz(from_hz)}-${megahertz(to_hz)}`);
  return shown.join(' ') + (channels.length > shown.length ? ` +${channels.length - shown.length}` : '');
}

const MAX_RANGES = 2;

function megahertz(hz: number): string {
  return String(Number((hz / 1e6).toFixed(4)));
}
