/** How a scan is measured: the rotor stops at each point, or sweeps a row. */
export const SCAN_MODES = ['step', 'on_the_fly'] as const;
