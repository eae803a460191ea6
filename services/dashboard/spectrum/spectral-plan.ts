import type { ApiBand } from '#contract/rest/bands';
import type { Plan } from '#contract/rest/plan';

/** The bands whose spectra a scan measures, in the order of their index; empty: no spectra. */
export function measuredBands(plan: Plan | undefined): ApiBand[] {
  return plan?.spectrum ? plan.bands : [];
}
