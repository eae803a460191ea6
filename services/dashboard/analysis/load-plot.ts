import type uPlot from 'uplot';

/** uPlot and its styles, when the first chart is to be seen. */
export async function loadPlot(): Promise<typeof uPlot> {
  const [plot] = await Promise.all([import('uplot'), import('uplot/dist/uPlot.min.css')]);
  return plot.default;
}
