import type { RotorTest } from '#contract/rest/rotors';

/** What a test of the connection found, in words. */
export function testWords(test: RotorTest): string {
  const { connected, reason, model, dialect, limits, resolution_deg, remarks = [] } = test;
  if (!connected) return `Not connected: ${reason ?? 'rotctld does not answer, or has lost its controller'}.`;
  const words = [`Connected: ${model ?? 'unknown model'}${dialect === undefined ? '' : ` (${dialect})`}`];
  if (limits)
    words.push(
      `it says azimuth ${limits.az_min} to ${limits.az_max} deg, elevation ${limits.el_min} to ${limits.el_max} deg`,
    );
  if (typeof resolution_deg === 'number') words.push(`its readback has steps of ${resolution_deg} deg`);
  return [words.join('; '), ...remarks].map((sentence) => `${sentence}.`).join(' ');
}
