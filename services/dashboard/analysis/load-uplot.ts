import type uPlot from 'uplot';

/** Loads uPlot and its styles with the first chart. */
export async function loadUPlot(): Promise<typeof uPlot> {
  const [plot] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  return plot.default;
}
