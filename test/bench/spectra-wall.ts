import { startTestStack } from '../support/stack.ts';
import { figure, type Row } from './row.ts';
import { median } from './statistics.ts';
import { measureScan, READ_MS } from './step.ts';
import { profileSimulator, registerProfile, STEP_PROFILES } from './step-profiles.ts';

/** Scans with and without spectra in turn, through all processes on a simulated rotator. */
export const spectraWall: Row = {
  name: 'spectra-wall',
  async run({ quick }) {
    const profile = STEP_PROFILES.find(({ name }) => name === 'Carryout G2');
    if (!profile) return { notAvailable: 'the profile is missing' };
    const [columns, rows, rounds] = quick ? [4, 2, 1] : [12, 5, 5];
    const stack = await startTestStack({ simulator: profileSimulator(profile) });
    try {
      await registerProfile(stack, profile, READ_MS, stack.addresses.simulator.rotctldPort);
      const seconds = { without: [] as number[], with: [] as number[] };
      const time = async (change: object) => (await measureScan(stack, profile, columns, rows, change)).wallS;
      for (let round = 0; round < rounds; round++) {
        seconds.without.push(await time({}));
        seconds.with.push(await time({ spectrum: { channels: 1_024 } }));
      }
      const ratio = median(seconds.with) / median(seconds.without);
      return [
        figure(`${profile.name}, ${columns * rows} points: without spectra`, median(seconds.without), 's'),
        figure('with spectra of 1,024 channels over without', ratio, '', { max: 1.01 }),
      ];
    } finally {
      await stack.stop();
    }
  },
};
