/** A limit of the owner: gain relative to the peak, dB, from an angle from the axis on. */
export interface MaskPoint {
  angleDeg: number;
  gainDb: number;
}

/**
 * The limit at an angle from the axis, 0 to 180 degrees: on straight lines between the points,
 * and after the last one its own. Undefined: before the first one nothing is limited.
 */
export function maskDb(mask: readonly MaskPoint[], angleDeg: number): number | undefined {
  const next = mask.findIndex((point) => point.angleDeg > angleDeg);
  const before = mask[next < 0 ? mask.length - 1 : next - 1];
  const after = mask[next];
  if (!before || next < 0 || !after) return before?.gainDb;
  const share = (angleDeg - before.angleDeg) / (after.angleDeg - before.angleDeg);
  return before.gainDb + share * (after.gainDb - before.gainDb);
}
