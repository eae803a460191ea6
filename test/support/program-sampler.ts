import type { DongleBench } from './librtlsdr.ts';
import { startSampler, type TestSampler } from './observatory.ts';
import { startRealRtlTcp } from './real-rtl-tcp.ts';

/** The program that delivers the samples to sdr-sampler. */
export type Program = 'rtl_tcp' | 'rtl_tcp_child' | 'rtl_power';
export const PROGRAMS: Program[] = ['rtl_tcp', 'rtl_tcp_child', 'rtl_power'];

/** Starts sdr-sampler with one receiver: a dongle of the bench behind one of the programs. */
export async function startProgramSampler(
  bench: DongleBench,
  program: Program,
  serial: string,
): Promise<TestSampler> {
  if (program !== 'rtl_tcp') return startSampler(1, { RECEIVERS: `default=${program}:serial=${serial}` });
  const server = await startRealRtlTcp(bench, serial);
  const sampler = await startSampler(server.port);
  return {
    ...sampler,
    async close() {
      await sampler.close();
      await server.close();
    },
  };
}
