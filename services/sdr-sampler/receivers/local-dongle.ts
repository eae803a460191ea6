import type { Logger } from '#shared/logger';
import { checkDevice, type DeviceReport } from '../domain/device-report.ts';
import { startChild } from './child.ts';

/** A dongle on this host, known by its serial number. */
export interface LocalDongle {
  serial: string;
  /** What programs get after `-d`. */
  readonly argument: string;
  /** Whether the program has opened this dongle; a string says why not. */
  check(report: DeviceReport): 'unknown yet' | 'right' | { wrong: string };
  /** Switches the bias tee off while no other program has the dongle; librtlsdr leaves it on when it closes. */
  biasTeeOff(): Promise<void>;
}

const BIAS_TEE_WITHIN_MS = 2_000;

export function createLocalDongle(serial: string, logger: Logger): LocalDongle {
  let argument = serial;
  return {
    serial,
    get argument() {
      return argument;
    },
    check(report) {
      const verdict = checkDevice(report, serial);
      if (verdict === 'unknown yet' || verdict === 'right') return verdict;
      // The index from the list is right until something is plugged in or out; then it is checked and found again.
      argument = verdict === 'missing' ? serial : String(verdict.index);
      const listed = [...report.serials.values()].slice(0, 8).join(', ');
      return {
        wrong:
          verdict === 'missing'
            ? `no dongle has this serial number; there are ${listed}`
            : 'another dongle was opened; trying again with its number in the list',
      };
    },
    async biasTeeOff() {
      const ended = await new Promise<string>((resolve) => {
        const child = startChild('rtl_biast', ['-d', argument, '-b', '0'], {
          onStderrLine: () => undefined,
          onExit: resolve,
        });
        setTimeout(() => {
          resolve('it took too long');
          void child.end(0);
        }, BIAS_TEE_WITHIN_MS).unref();
      });
      logger.info({ serial, ended }, 'bias tee switched off');
    },
  };
}
