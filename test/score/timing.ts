import { findChannelSources } from '../../services/sky-analyst/domain/finder/find-channel-sources.ts';
import { findSources } from '../../services/sky-analyst/domain/finder/find-sources.ts';
import { figure, type Figure } from '../bench/row.ts';
import { syntheticChannels } from '../support/synthetic-channels.ts';
import { circleGrid, syntheticSky } from '../support/synthetic-sky.ts';
import { ALL_SKY, BEAM_DEG, NOISE, SIGMA } from './grids.ts';

const SOURCES = Array.from({ length: 12 }, (_, k) => ({
  azimuthDeg: 13 + 30 * k,
  elevationDeg: 15 + 10 * (k % 5),
  amplitude: 0.05 * (1 + k),
}));

/** Processor time of the thread, so that other programs do not matter. */
export function timingFigures(seed: number): Figure[] {
  const sky = (points: typeof ALL_SKY, beamWidthDeg: number) =>
    syntheticSky({ points, sources: SOURCES, beamWidthDeg, relativeSigma: SIGMA, driftDb: 0.02, seed });
  const small = sky(ALL_SKY, BEAM_DEG);
  const large = sky(circleGrid(500, 200, 1, 0.4), 2);
  const cube = syntheticChannels({
    points: ALL_SKY,
    channels: 1_024,
    signals: SOURCES.map((source, k) => ({ ...source, first: 80 * k, last: 80 * k + 10 })),
    transforms: 234,
    beamWidthDeg: BEAM_DEG,
    seed,
  });
  const axis = { firstChannelHz: 1e9, channelHz: 2_344 };
  findSources(small, { noise: NOISE, beamWidthDeg: BEAM_DEG });
  return [
    figure(
      '4,320 points',
      secondsOf(() => findSources(small, { noise: NOISE, beamWidthDeg: BEAM_DEG })),
      's',
      { max: 1 },
    ),
    figure(
      '100,000 points',
      secondsOf(() => findSources(large, { noise: NOISE, beamWidthDeg: 2 })),
      's',
      { max: 20 },
    ),
    figure(
      '4,320 points of 1,024 channels',
      secondsOf(() => findChannelSources(cube, { axis, beamWidthDeg: BEAM_DEG, transforms: 234 })),
      's',
      { max: 30 },
    ),
  ];
}

function secondsOf(run: () => unknown): number {
  const start = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
