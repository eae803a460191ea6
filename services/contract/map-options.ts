/** How the sky is laid flat in a map. */
export const PROJECTIONS = ['polar', 'rectangular'] as const;

/**
 * Perceptually uniform: equal steps of level look equally far apart, in grey as well. Cividis looks
 * the same to the colour-blind.
 */
export const PALETTES = ['viridis', 'inferno', 'plasma', 'cividis'] as const;

export const THEMES = ['light', 'dark'] as const;
