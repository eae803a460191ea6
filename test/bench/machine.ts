import { cpus, loadavg, totalmem } from 'node:os';

/** The machine of a measurement. */
export interface Machine {
  cores: number;
  model: string;
  memoryGb: number;
  node: string;
  platform: string;
}

export function describeMachine(): Machine {
  return {
    cores: cpus().length,
    model: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}

/** Load average of the last minute. */
export function loadNow(): number {
  return loadavg()[0] ?? NaN;
}
