import { FONT, type Surface } from './surface.ts';

/** A line of text. */
export interface Label {
  text: string;
  x: number;
  y: number;
  px: number;
  colour: string;
  bold?: boolean;
  align?: 'left' | 'center' | 'right';
  baseline?: 'alphabetic' | 'middle' | 'top';
  /** Colour of an outline that separates the text from the map. */
  halo?: string | undefined;
}

export function drawLabel(surface: Surface, label: Label): void {
  const { text, x, y, px, colour, bold = false, align = 'left', baseline = 'alphabetic', halo } = label;
  surface.font = fontOf(px, bold);
  surface.textAlign = align;
  surface.textBaseline = baseline;
  if (halo !== undefined) {
    surface.strokeStyle = halo;
    surface.lineWidth = px / 4;
    surface.lineJoin = 'round';
    surface.strokeText(text, x, y);
  }
  surface.fillStyle = colour;
  surface.fillText(text, x, y);
}

/** Truncates a text with an ellipsis to `widthPx`. */
export function fitText(surface: Surface, text: string, px: number, bold: boolean, widthPx: number): string {
  surface.font = fontOf(px, bold);
  if (surface.measureText(text).width <= widthPx) return text;
  const graphemes = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  while (graphemes.length > 0 && surface.measureText(`${graphemes.join('')}…`).width > widthPx)
    graphemes.pop();
  return `${graphemes.join('').trimEnd()}…`;
}

/** Width of a text, pixels. */
export function textWidth(surface: Surface, text: string, px: number, bold = false): number {
  surface.font = fontOf(px, bold);
  return surface.measureText(text).width;
}

function fontOf(px: number, bold: boolean): string {
  return `${bold ? 600 : 400} ${px}px ${FONT}`;
}
