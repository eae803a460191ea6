/** Number of colours: 24 bits, the 256 of xterm, or none. */
export type ColourDepth = 'true' | '256' | 'none';

/**
 * From the usual environment variables: NO_COLOR (no-color.org), TERM, COLORTERM. Without a
 * terminal: none.
 */
export function colourDepth(env: NodeJS.ProcessEnv, isTTY: boolean): ColourDepth {
  const { NO_COLOR: noColour = '', COLORTERM: colorTerm = '', TERM: term = '' } = env;
  if (!isTTY || noColour !== '' || term === '' || term === 'dumb') return 'none';
  if (/^(truecolor|24bit)$/i.test(colorTerm) || /-(direct|truecolor)$/.test(term)) return 'true';
  return term === 'linux' || term.startsWith('vt') ? 'none' : '256';
}
