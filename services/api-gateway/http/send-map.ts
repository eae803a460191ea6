import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import type { ImageQuery } from '#contract/rest/map';
import { VERSION } from '#shared/runtime/version';
import type { Drawing } from '../drawing/messages.ts';
import type { Painter } from '../drawing/painter.ts';

/** What a picture shows. */
export interface MapPicture {
  /** Everything that affects the picture, besides the version of Sky Scan. */
  facts: unknown[];
  figure: () => Promise<Omit<Drawing, 'projection' | 'fit' | 'theme' | 'sizePx' | 'range'>>;
  /** Packed as in store/levels.ts. */
  levels: () => AsyncIterable<Uint8Array>;
}

/** Answers with a map as PNG, with an ETag. */
export async function sendMap(
  request: Request,
  response: Response,
  painter: Painter,
  query: Omit<ImageQuery, 'palette'>,
  { facts, figure, levels }: MapPicture,
): Promise<void> {
  const headers = { ETag: tagOf(facts), 'Cache-Control': 'private, no-cache' };
  response.set(headers);
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  // These headers belong to the picture; an error has none.
  for (const name of Object.keys(headers)) response.removeHeader(name);
  const { size: sizePx, min, max, projection, fit, theme } = query;
  const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const drawing: Drawing = { projection, fit, theme, sizePx, range, ...(await figure()) };
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  try {
    const png = request.method === 'HEAD' ? '' : await painter.draw(drawing, levels, disconnected.signal);
    response.set(headers).type('png').end(png);
  } catch (error) {
    if (!disconnected.signal.aborted) throw error; // else the client has disconnected
  }
}

function tagOf(facts: unknown[]): string {
  const text = JSON.stringify([VERSION, ...facts]);
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}
