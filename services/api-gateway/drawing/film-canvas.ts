import { GifEncoder, createCanvas, loadImage } from '@napi-rs/canvas';
import { themeOf } from '#sky-map/themes';
import { registerFonts } from './map-canvas.ts';
import type { Film } from './messages.ts';

/** Several maps as one file. */
export interface FilmCanvas {
  /** A map as PNG; the order is kept. */
  add(png: Uint8Array): void;
  finish(): Promise<Uint8Array>;
}

export function createFilmCanvas(film: Film): FilmCanvas {
  const drawn = film.kind === 'gif' ? createGif(film) : createStrip(film);
  // Frames are decoded one after the other.
  let added = Promise.resolve();
  return {
    add(png) {
      added = added.then(() => drawn.add(png));
      // `finish` reports it.
      added.catch(() => undefined);
    },
    async finish() {
      await added;
      return drawn.finish();
    },
  };
}

interface Drawn {
  add(png: Uint8Array): Promise<void>;
  finish(): Promise<Uint8Array>;
}

/** The fastest: maps have few colours, so that a sample of the pixels has them all. */
const QUALITY = 30;

function createGif({ width, height, theme, delayMs }: Film & { kind: 'gif' }): Drawn {
  const encoder = new GifEncoder(width, height, { quality: QUALITY });
  const context = createCanvas(width, height).getContext('2d');
  return {
    async add(png) {
      const image = await loadImage(Buffer.from(png));
      // Maps of different grids may differ in size.
      context.fillStyle = themeOf(theme).background;
      context.fillRect(0, 0, width, height);
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      encoder.addFrame(new Uint8Array(data.buffer), width, height, { delay: delayMs });
    },
    finish: () => Promise.resolve(encoder.finish()),
  };
}

/** At most this wide, unless a single map is wider. */
const STRIP_PX = 1_600;
const GAP_PX = 8;
const CAPTION_PX = 20;
const FONT = '12px Inter';

function createStrip({ width, height, theme: name, captions }: Film & { kind: 'strip' }): Drawn {
  registerFonts();
  const theme = themeOf(name);
  const columns = Math.max(1, Math.min(captions.length, Math.floor((STRIP_PX - GAP_PX) / (width + GAP_PX))));
  const rows = Math.ceil(captions.length / columns);
  const [stepX, stepY] = [width + GAP_PX, height + CAPTION_PX + GAP_PX];
  const canvas = createCanvas(columns * stepX + GAP_PX, rows * stepY + GAP_PX);
  const context = canvas.getContext('2d');
  context.fillStyle = theme.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = theme.text;
  context.font = FONT;
  let drawn = 0;
  return {
    async add(png) {
      const image = await loadImage(Buffer.from(png));
      const x = GAP_PX + (drawn % columns) * stepX;
      const y = GAP_PX + Math.floor(drawn / columns) * stepY;
      context.drawImage(image, x, y);
      context.fillText(captions[drawn] ?? '', x, y + height + 15, width);
      drawn++;
    },
    finish: () => canvas.encode('png'),
  };
}
