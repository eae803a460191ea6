import type { Pointing } from '#shared/sky/pointing';
import { dbToLinear, linearToDb, radToDeg } from '#shared/sky/units';
import { beamGain, type Beam } from './beam.ts';
import { cosAngle, diffuseSkyMw, type Sky } from './sky.ts';

/** Received power, milliwatts at the antenna. */
export interface ReceivedPower {
  noiseMw: number;
  carrierMw: number;
}

/** The receiver's own noise, referred to the antenna. */
const RECEIVER_NOISE_DBM = -102;

/**
 * Power received at a true pointing: every source times the gain of the beam, the diffuse sky, and
 * the noise of the receiver.
 */
export function receivedPower(sky: Sky, beam: Beam, pointing: Pointing): ReceivedPower {
  const power = { noiseMw: dbToLinear(RECEIVER_NOISE_DBM) + diffuseSkyMw(sky, pointing), carrierMw: 0 };
  for (const source of sky.sources) {
    const offAxisDeg = radToDeg(Math.acos(Math.min(1, Math.max(-1, cosAngle(pointing, source.at)))));
    const receivedMw = dbToLinear(source.levelDbm) * beamGain(offAxisDeg, beam);
    power[source.kind === 'noise' ? 'noiseMw' : 'carrierMw'] += receivedMw;
  }
  return power;
}

/** The ground truth of a map: dBm in the whole band of the receiver, at nominal gain. */
export function truthDbm(sky: Sky, beam: Beam, pointing: Pointing): number {
  const { noiseMw, carrierMw } = receivedPower(sky, beam, pointing);
  return linearToDb(noiseMw + carrierMw);
}
