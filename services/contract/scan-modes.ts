/** How the points of a scan are measured: the rotor stops at each, or sweeps a row. */
export const SCAN_MODES = ['step', 'on_the_fly'] as const;
