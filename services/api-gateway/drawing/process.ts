// The process that draws maps. Ends with its parent.
import { errorMessage } from '#shared/base/errors';
import { createSketch, type Sketch } from './draw.ts';
import type { Answer, Order } from './messages.ts';

let sketch: Sketch | undefined;
let problem: string | undefined;

process.on('message', (order: Order) => {
  if ('drawing' in order) {
    problem = undefined;
    attempt(() => (sketch = createSketch(order.drawing)));
  } else if ('levels' in order) attempt(() => sketch?.add(order.levels));
  else void finish();
});
process.on('disconnect', () => process.exit());

/** What goes wrong is told when the drawing is asked for. */
function attempt(work: () => unknown): void {
  try {
    if (problem === undefined) work();
  } catch (error) {
    problem = errorMessage(error);
  }
}

async function finish(): Promise<void> {
  const finished = sketch;
  sketch = undefined;
  try {
    if (!finished || problem !== undefined) throw new Error(problem ?? 'there is nothing to draw');
    tell({ png: await finished.finish() });
  } catch (error) {
    tell({ problem: errorMessage(error) });
  }
}

function tell(answer: Answer): void {
  process.send?.(answer);
}
