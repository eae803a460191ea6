import { SkyScanError } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { orAborted } from '#shared/runtime/waiting';
import type { PatternFigure } from '#sky-map/pattern-figure';
import { createDrawingProcess } from './drawing-process.ts';
import type { DrawCommand, Drawing, Film } from './messages.ts';
import { createPriorityQueue } from './priority-queue.ts';

/** Draws maps one at a time. */
export interface Painter {
  /**
   * Returns the map as PNG. Reads the levels when the map is at the head of the queue. Throws
   * `no_room` if too many maps are waiting, `unavailable` if drawing fails, and the signal's
   * reason.
   */
  draw(drawing: Drawing, levels: () => AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Uint8Array>;
  /** Joins maps, which `draw` returned, to one file. Throws as `draw`. */
  join(film: Film, frames: readonly Uint8Array[], signal: AbortSignal): Promise<Uint8Array>;
  /** Draws the cuts of an antenna. Throws as `draw`. */
  drawPattern(figure: PatternFigure, signal: AbortSignal): Promise<Uint8Array>;
  /** Drawings that wait or are being drawn. */
  readonly waiting: number;
  close(): void;
}

// A waiting map takes a few hundred bytes, because its levels are read later. A large map takes
// seconds.
const MAX_WAITING = 256;
const SMALL_PX = 512;

/**
 * Draws in a separate process, started on demand. `observe`: called after every drawing with its
 * duration.
 */
export function createPainter(
  logger: Logger,
  observe: (seconds: number, error: unknown) => void = () => undefined,
  maxWaiting = MAX_WAITING,
): Painter {
  const enqueue = createPriorityQueue();
  const drawingProcess = createDrawingProcess(logger);
  let waiting = 0;

  async function drawNow(
    first: DrawCommand,
    parts: () => AsyncIterable<DrawCommand>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const running = drawingProcess.start();
    const sendCommand = (command: DrawCommand) =>
      running.send(command).catch((error: unknown) => {
        // The process has exited but may still count as connected: start another one for the next
        // map.
        drawingProcess.stop();
        throw error;
      });
    try {
      await sendCommand(first);
      for await (const part of parts()) {
        signal.throwIfAborted();
        await sendCommand(part);
      }
      const result = running.result();
      await sendCommand({ end: true });
      const drawn = await orAborted(result, signal).catch((error: unknown) => {
        // Its late result would be taken for the next map.
        drawingProcess.stop();
        throw error;
      });
      if ('image' in drawn) return drawn.image;
      throw new SkyScanError('unavailable', `The map cannot be drawn: ${drawn.problem}`);
    } finally {
      drawingProcess.stopWhenIdle();
    }
  }

  async function inTurn(isSmall: boolean, work: () => Promise<Uint8Array>): Promise<Uint8Array> {
    if (waiting > maxWaiting)
      throw new SkyScanError('no_room', `${maxWaiting} maps are waiting to be drawn; try again in a moment`);
    waiting++;
    const startedMs = performance.now();
    const observed = (error: unknown) => observe((performance.now() - startedMs) / 1000, error);
    try {
      const image = await enqueue(isSmall, work);
      observed(undefined);
      return image;
    } catch (error) {
      observed(error);
      throw error;
    } finally {
      waiting--;
    }
  }

  return {
    draw: (drawing, levels, signal) =>
      inTurn(drawing.sizePx <= SMALL_PX, () =>
        drawNow(
          { drawing },
          async function* () {
            for await (const piece of levels()) yield { levels: piece };
          },
          signal,
        ),
      ),
    join: (film, frames, signal) =>
      inTurn(false, () =>
        drawNow(
          { film },
          async function* () {
            for (const frame of frames) yield await Promise.resolve({ frame });
          },
          signal,
        ),
      ),
    drawPattern: (figure, signal) => inTurn(true, () => drawNow({ pattern: figure }, noParts, signal)),
    get waiting() {
      return waiting;
    },
    close: () => drawingProcess.stop(),
  };
}

/** A pattern is one message. */
async function* noParts(): AsyncGenerator<DrawCommand> {
  // Nothing follows.
}
