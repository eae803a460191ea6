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
  /** What the text is set off with where it lies on colours. */
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

/** The text, cut with an ellipsis where it is wider than `widthPx`. */
export function fitText(surface: Surface, text: string, px: number, bold: boolean, widthPx: number): string {
  surface.font = fontOf(px, bold);
  if (surface.measureText(text).width <= widthPx) return text;
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
  while (letters.length > 0 && surface.measureText(`${letters.join('')}…`).width > widthPx) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

/** Pixels that a text takes. */
export function textWidth(surface: Surface, text: string, px: number, bold = false): number {
  surface.font = fontOf(px, bold);
  return surface.measureText(text).width;
}

function fontOf(px: number, bold: boolean): string {
  return `${bold ? 600 : 400} ${px}px ${FONT}`;
}
