import { SkyScanError } from '#shared/base/errors';

/** A higher lateness is rejected: every point would take that much longer. */
export const MAX_LATENESS_MS = 2_000;
/**
 * Part of the lateness is the delay of the command, so read times have the same uncertainty: too
 * much for an on-the-fly scan.
 */
export const MAX_UNTIMED_MS = 100;

/** The server has not sent a header yet. */
export function noAnswer(title: string, withinMs: number): string {
  return (
    `${title} does not answer: no header within ${withinMs / 1000} s. Likely causes: another program is connected ` +
    '(rtl_tcp serves one client at a time), its host is off or behind a firewall, the link is too slow. End the other program, ' +
    'or check the address and the link'
  );
}

export function wrongRate(title: string, measuredHz: number, requestedHz: number): SkyScanError {
  const percent = ((100 * measuredHz) / requestedHz).toFixed(1);
  return unavailable(
    `${title} sends ${(measuredHz / 1e6).toFixed(3)} MS/s instead of ${(requestedHz / 1e6).toFixed(3)} MS/s (${percent} %). ` +
      'Likely causes: the server does not take the requested sample rate, another client has changed it, ' +
      'the link or the host is too slow. Set SAMPLE_RATE_HZ to a rate that the server and the link support',
  );
}

export function tooLate(title: string, latenessMs: number): SkyScanError {
  return unavailable(
    `${title} sends samples ${(latenessMs / 1000).toFixed(1)} s late; at most ${MAX_LATENESS_MS / 1000} s is accepted. ` +
      'Likely causes: a slow or congested link, a server that queues samples, a busy host. ' +
      'Use a faster link, lower SAMPLE_RATE_HZ, or run sdr-sampler beside the dongle',
  );
}

export function noEffect(title: string, gainsDb: readonly number[], withinMs: number): SkyScanError {
  const [lowest, highest] = [Math.min(...gainsDb), Math.max(...gainsDb)];
  return unavailable(
    `${title} does not follow its settings: gain steps between ${lowest} and ${highest} dB do not show in the samples within ` +
      `${withinMs / 1000} s. Likely causes: the tuner does not take its settings (PLL not locked or i2c errors in the log of rtl_tcp), ` +
      'the gain is automatic or set by another client, samples arrive later than that. ' +
      'Plug the dongle in again, disconnect other clients, or use a faster link',
  );
}

/** The lateness cannot be measured during a stream. */
export function untimed(latenessMs: number): SkyScanError {
  return unavailable(
    `samples arrive ${latenessMs.toFixed(0)} ms late or are missing; a scan on the fly needs at most ${MAX_UNTIMED_MS} ms. ` +
      'Likely causes: a slow or congested link, a server that queues samples, a busy host. ' +
      'Use mode step, a faster link, or run sdr-sampler beside the dongle',
  );
}

function unavailable(message: string): SkyScanError {
  return new SkyScanError('unavailable', message);
}
