import type { RotorTest } from '#contract/rest/rotors';

/** Describes the result of a connection test. */
export function describeTest(test: RotorTest): string {
  const { connected, reason, model, dialect, limits, resolution_deg, remarks = [] } = test;
  if (!connected)
    return `Not connected: ${reason ?? 'rotctld does not answer, or has lost the connection to its controller'}.`;
  const facts = [`Connected: ${model ?? 'unknown model'}${dialect === undefined ? '' : ` (${dialect})`}`];
  if (limits)
    facts.push(
      `reports azimuth ${limits.az_min} to ${limits.az_max} deg, elevation ${limits.el_min} to ${limits.el_max} deg`,
    );
  if (typeof resolution_deg === 'number') facts.push(`readback resolution ${resolution_deg} deg`);
  return [facts.join('; '), ...remarks].map((sentence) => `${sentence}.`).join(' ');
}
