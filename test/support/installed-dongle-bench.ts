import { vi } from 'vitest';
import { createDongleBench, type DongleBench } from './librtlsdr.ts';

/** A bench in the environment of this process, so that programs it starts see the dongles. */
export function installDongleBench(): DongleBench {
  const bench = createDongleBench();
  for (const [name, value] of Object.entries(bench.env)) vi.stubEnv(name, value);
  return {
    ...bench,
    close() {
      bench.close();
      vi.unstubAllEnvs();
    },
  };
}
