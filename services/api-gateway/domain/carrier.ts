import { UNKNOWN, valueOf } from '#shared/spectrum/point-spectrum';

/** A channel in which a source rises more than in the total power. */
export interface CarrierChannel {
  channel: number;
  /** Of the channel, with the source in the beam over without it. */
  riseDb: number;
}

/** A channel that rises this much more than all channels together is worth choosing. */
const MIN_GAIN_DB = 6;

/**
 * The channel that a source raises most, if its rise exceeds that of the total power: the source
 * has a carrier. Undefined: it has none, or it is not the larger part of the power.
 * @param on Codes of the mean spectrum with the source in the beam; `off`: without it.
 * @param totalRiseDb Of the total power.
 */
export function carrierChannel(
  on: Int16Array,
  off: Int16Array,
  totalRiseDb: number,
): CarrierChannel | undefined {
  let best: CarrierChannel | undefined;
  for (let channel = 0; channel < Math.min(on.length, off.length); channel++) {
    const [high, low] = [on[channel] as number, off[channel] as number];
    if (high === UNKNOWN || low === UNKNOWN) continue;
    const riseDb = valueOf('mean', high) - valueOf('mean', low);
    if (!best || riseDb > best.riseDb) best = { channel, riseDb };
  }
  return best && best.riseDb - totalRiseDb >= MIN_GAIN_DB ? best : undefined;
}
