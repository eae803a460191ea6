import type { GridBounds } from '#shared/sky/grid-shape';
import type { ScanRequestBody } from '#contract/rest/sessions';

/**
 * The grid of a request body that the API has accepted; undefined if a number is missing, or if it
 * consists of offsets from a source.
 */
export function gridOf(body: ScanRequestBody): GridBounds | undefined {
  if (body.frame) return undefined;
  const { az_start, az_end, el_start, el_end, step_deg } = body;
  const numbers = [az_start, az_end, el_start, el_end, step_deg].filter((value) => typeof value === 'number');
  const [azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg] = numbers;
  if (elEndDeg === undefined || stepDeg === undefined || azStartDeg === undefined) return undefined;
  if (azEndDeg === undefined || elStartDeg === undefined) return undefined;
  const kind = body.grid === 'equal_area' ? 'equal_area' : 'rectangular';
  return { kind, azStartDeg, azEndDeg, elStartDeg, elEndDeg, stepDeg };
}
