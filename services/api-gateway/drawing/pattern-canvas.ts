import { createCanvas } from '@napi-rs/canvas';
import { drawPatternFigure, patternFigureSize, type PatternFigure } from '#sky-map/pattern-figure';
import { registerFonts } from './map-canvas.ts';

/** The picture of a pattern as PNG. */
export function drawPattern(figure: PatternFigure): Promise<Uint8Array> {
  registerFonts();
  const { width, height } = patternFigureSize(figure);
  const canvas = createCanvas(width, height);
  drawPatternFigure(canvas.getContext('2d'), figure);
  return canvas.encode('png');
}
