import { kurtosisLimits, undoRounding } from '../../services/sky-analyst/domain/kurtosis-limits.ts';
import { createRfiMask, type PointMask } from '../../services/sky-analyst/domain/rfi-mask.ts';
import { createChannelNoise, type ChannelPlan } from '../support/kurtosis-noise.ts';
import { figure, type Figure, type Row } from './row.ts';

const SIDE_RATE = 0.00135;
/** Of SumThreshold and the rank operator in 5e7 normal deviates, without a background. */
const SUM_THRESHOLD_RATE = 0.00053;
const STEP_DB = 0.01;
const CHANNELS = 1_000;
const TRANSFORMS = 24;
/** Within 10 % of the nominal rate. */
const GOAL = { max: 0.1 };

/** False alarms of kurtosis and mask over 1e7 channel values of noise. */
export const mask: Row = {
  name: 'mask',
  run: ({ quick }) => Promise.resolve([...ofKurtosis(quick ? 0.05 : 1), ofMask(quick ? 500 : 10_000)]),
};

const PLANS: [count: number, plan: ChannelPlan][] = [
  [4e6, { transforms: 10 }],
  [4e6, { transforms: 40 }],
  [1.5e6, { transforms: 100 }],
  [0.5e6, { transforms: 45, reads: 10 }],
];

function ofKurtosis(share: number): Figure[] {
  return PLANS.flatMap(([all, plan]) => {
    const count = Math.round(all * share);
    const channel = createChannelNoise(7_000 + count);
    const transforms = plan.transforms * (plan.reads ?? 1);
    const { low, high } = kurtosisLimits(transforms, STEP_DB);
    let [below, above] = [0, 0];
    for (let index = 0; index < count; index++) {
      const kurtosis = undoRounding(rounded(channel(plan).kurtosis), STEP_DB, index);
      if (kurtosis < low) below++;
      if (kurtosis > high) above++;
    }
    const name = (side: string) => `kurtosis, ${transforms} transforms: false alarms ${side}, deviation`;
    const deviation = (alarms: number) => Math.abs(alarms / count / SIDE_RATE - 1);
    return [
      figure(name('below'), deviation(below), '', GOAL),
      figure(name('above'), deviation(above), '', GOAL),
    ];
  });
}

function ofMask(points: number): Figure {
  const channel = createChannelNoise(8_000);
  const rfi = createRfiMask({ channels: CHANNELS, kurtosisStepDb: STEP_DB });
  let flagged = 0;
  const count = (masks: PointMask[]) => {
    for (const { flaggedChannels } of masks) flagged += flaggedChannels * CHANNELS;
  };
  const power = new Float32Array(CHANNELS);
  const kurtosis = new Float32Array(CHANNELS);
  for (let point = 0; point < points; point++) {
    for (let k = 0; k < CHANNELS; k++) {
      const noise = channel({ transforms: TRANSFORMS });
      power[k] = noise.mean;
      kurtosis[k] = rounded(noise.kurtosis);
    }
    count(rfi.push({ power, kurtosis, occupancy: undefined, transforms: TRANSFORMS }));
  }
  count(rfi.finish());
  const nominal = 2 * SIDE_RATE + SUM_THRESHOLD_RATE;
  return figure(
    'mask: false alarms, deviation',
    Math.abs(flagged / (points * CHANNELS) / nominal - 1),
    '',
    GOAL,
  );
}

function rounded(kurtosis: number): number {
  return 10 ** ((Math.round((10 * Math.log10(kurtosis)) / STEP_DB) * STEP_DB) / 10);
}
