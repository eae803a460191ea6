/** A duration in seconds as people say it: `2 h 5 min`, `3 min 20 s`, `45 s`. */
export function durationWords(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 10) return withRest(Math.round(seconds), 60, 'min', 's');
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(seconds / 3600);
  return hours < 48 ? withRest(minutes, 60, 'h', 'min') : withRest(hours, 24, 'd', 'h');
}

function withRest(count: number, of: number, unit: string, small: string): string {
  const rest = count % of;
  return `${Math.floor(count / of)} ${unit}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
