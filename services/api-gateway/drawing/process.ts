// The process that draws maps. Exits with its parent.
import { errorMessage } from '#shared/base/errors';
import type { PatternFigure } from '#sky-map/pattern-figure';
import { createFilmCanvas, type FilmCanvas } from './film-canvas.ts';
import { createMapCanvas, type MapCanvas } from './map-canvas.ts';
import { drawPattern } from './pattern-canvas.ts';
import type { DrawResult, DrawCommand } from './messages.ts';

let mapCanvas: MapCanvas | undefined;
let filmCanvas: FilmCanvas | undefined;
let patternFigure: PatternFigure | undefined;
let problem: string | undefined;

process.on('message', (command: DrawCommand) => {
  if ('drawing' in command) {
    problem = undefined;
    attempt(() => (mapCanvas = createMapCanvas(command.drawing)));
  } else if ('film' in command) {
    problem = undefined;
    attempt(() => (filmCanvas = createFilmCanvas(command.film)));
  } else if ('pattern' in command) {
    problem = undefined;
    patternFigure = command.pattern;
  } else if ('frame' in command) attempt(() => filmCanvas?.add(command.frame));
  else if ('levels' in command) attempt(() => mapCanvas?.add(command.levels));
  else void finish();
});
process.on('disconnect', () => process.exit());

/** Keeps an error until the result is requested. */
function attempt(work: () => unknown): void {
  try {
    if (problem === undefined) work();
  } catch (error) {
    problem = errorMessage(error);
  }
}

async function finish(): Promise<void> {
  const pattern = patternFigure;
  const finished = pattern ? { finish: () => drawPattern(pattern) } : (filmCanvas ?? mapCanvas);
  [filmCanvas, mapCanvas, patternFigure] = [undefined, undefined, undefined];
  try {
    if (!finished || problem !== undefined) throw new Error(problem ?? 'no map to draw');
    reply({ image: await finished.finish() });
  } catch (error) {
    reply({ problem: errorMessage(error) });
  }
}

function reply(answer: DrawResult): void {
  process.send?.(answer);
}
