import { formatDuration } from '#shared/base/durations';

/** Why a session receives no points, as the API reports it. */
interface ReportedFault {
  observation: string;
  /** Duration at the time of the report, seconds. */
  for_s: number;
  /** Seconds from the report until the session pauses; null: unknown, or never. */
  pauses_in_s: number | null;
}

/**
 * `No point for 14 s: rotctld at ... refused the connection. Pauses in 46 s`, `sinceS` seconds
 * after the report. `pause` formats the time of the pause, given in seconds from now.
 */
export function faultText(
  { observation, for_s, pauses_in_s }: ReportedFault,
  status: string,
  sinceS: number,
  pause: (inS: number) => string = (inS) => `in ${formatDuration(inS)}`,
): string {
  const waits = status === 'running' ? 'No point for' : 'Waits for the rotor for';
  const pauses = pauses_in_s === null ? '' : `. Pauses ${pause(Math.max(0, pauses_in_s - sinceS))}`;
  return `${waits} ${formatDuration(Math.floor(for_s + sinceS))}: ${observation}${pauses}`;
}
