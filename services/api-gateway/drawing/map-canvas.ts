import { createRequire } from 'node:module';
import { GlobalFonts, createCanvas } from '@napi-rs/canvas';
import { createDrift } from '../domain/drift.ts';
import { drawFigure, figureSize } from '#sky-map/figure';
import { AddedCells } from '#sky-map/added-cells';
import { SkyMap } from '#sky-map/sky-map';
import { LEVEL_BYTES } from '../store/levels.ts';
import type { Drawing } from './messages.ts';

// A Raspberry Pi without a desktop has no fonts. These are the scripts of rotor names; the map
// itself uses only Latin letters.
const SCRIPTS = ['latin', 'latin-ext', 'cyrillic', 'greek', 'vietnamese'];
const WEIGHTS = [400, 600];

/** A map that is drawn after its levels have been added. */
export interface MapCanvas {
  /** Packed as in store/levels.ts. Throws a RangeError for an unknown cell. */
  add(levels: Uint8Array): void;
  /** Returns the picture as PNG. */
  finish(): Promise<Uint8Array>;
}

export function createMapCanvas(drawing: Drawing): MapCanvas {
  const { bounds, added, sizePx, references } = drawing;
  const map = new SkyMap(bounds, added && new AddedCells(bounds, added.stepDeg));
  const drift = references && createDrift(references);
  const bytesPerPoint = drift ? LEVEL_BYTES.timed : LEVEL_BYTES.plain;
  return {
    add(levels) {
      const view = new DataView(levels.buffer, levels.byteOffset, levels.byteLength);
      const points = levels.byteLength / bytesPerPoint;
      const cells = new Uint32Array(points);
      const found = new Float32Array(points);
      for (let n = 0, at = 0; n < points; n++, at += bytesPerPoint) {
        const cell = view.getInt32(at);
        const pointing = added?.points[cell - map.gridCells];
        const row = Math.floor(cell / map.columns);
        const column = cell % map.columns;
        cells[n] = pointing ? map.cellOfPoint(row, column, ...pointing) : map.grid.cell(row, column);
        found[n] = view.getFloat32(at + 4) - (drift ? drift(view.getFloat64(at + 8)) : 0);
      }
      map.setAll(cells, found);
    },
    async finish() {
      registerFonts();
      const figure = { ...drawing, map };
      const { width, height } = figureSize(figure, sizePx);
      const canvas = createCanvas(width, height);
      drawFigure(canvas.getContext('2d'), figure, sizePx);
      return canvas.encode('png');
    },
  };
}

let registered = false;

/** Registers the fonts of maps, once. */
export function registerFonts(): void {
  if (registered) return;
  registered = true;
  const { resolve } = createRequire(import.meta.url);
  for (const script of SCRIPTS)
    for (const weight of WEIGHTS)
      GlobalFonts.registerFromPath(
        resolve(`@fontsource/inter/files/inter-${script}-${weight}-normal.woff2`),
        'Inter',
      );
}
