/** How many colours may be written: 24 bits, the 256 of xterm, or none. */
export type ColourDepth = 'true' | '256' | 'none';

/**
 * From the environment, as other programs take it: NO_COLOR (no-color.org), TERM, COLORTERM.
 * Nothing but a terminal gets colours.
 */
export function colourDepth(env: NodeJS.ProcessEnv, isTTY: boolean): ColourDepth {
  const { NO_COLOR: noColour = '', COLORTERM: colorTerm = '', TERM: term = '' } = env;
  if (!isTTY || noColour !== '' || term === '' || term === 'dumb') return 'none';
  if (/^(truecolor|24bit)$/i.test(colorTerm) || /-(direct|truecolor)$/.test(term)) return 'true';
  return term === 'linux' || term.startsWith('vt') ? 'none' : '256';
}
