/** Map projections. */
export const PROJECTIONS = ['polar', 'rectangular'] as const;

/**
 * Perceptually uniform, also in greyscale: equal steps of level look equally large. Cividis looks
 * the same to colour-blind people.
 */
export const PALETTES = ['viridis', 'inferno', 'plasma', 'cividis'] as const;

export const THEMES = ['light', 'dark'] as const;
