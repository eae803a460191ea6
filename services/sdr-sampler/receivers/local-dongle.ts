import type { Logger } from '#shared/runtime/logger';
import {
  checkDevice,
  indicesOf,
  listingArgument,
  looksLikeIndex,
  type DeviceReport,
} from '../domain/device-report.ts';
import { startChild } from './child.ts';

/** A dongle on this host, known by its serial number. */
export interface LocalDongle {
  serial: string;
  /** What programs get after `-d`. */
  readonly argument: string;
  /** What is doubtful about it although it is open. */
  readonly warning: string | undefined;
  /**
   * Whether the program has opened this dongle. `looked up`: not yet, but it is in the list, and
   * `argument` opens it now.
   */
  check(report: DeviceReport): 'unknown yet' | 'right' | 'looked up' | { wrong: string };
  /**
   * It may be another dongle's place by now: the list of dongles is read again before one is
   * opened.
   */
  forgetIndex(): void;
  /**
   * Switches the bias tee off while no other program has the dongle; librtlsdr leaves it on when it
   * closes.
   */
  biasTeeOff(): Promise<void>;
}

const BIAS_TEE_TIMEOUT_MS = 2_000;

export function createLocalDongle(serial: string, logger: Logger): LocalDongle {
  // A dongle that is taken by mistake would get our settings before we notice: librtlsdr takes a
  // serial number that looks like an index for one, and where none is the same, one that begins or
  // ends with it.
  let argument = listingArgument(serial);
  /** What it was found under. */
  let found = serial;
  let warning: string | undefined;

  /**
   * Which of several dongles with the same serial number is opened depends on the port that each is
   * plugged into.
   */
  function warnOfDuplicates(report: DeviceReport): void {
    const indices = indicesOf(report, serial);
    const duplicates =
      indices.length > 1
        ? `${indices.length} dongles have the serial number ${serial} (indices ${indices.join(', ')}), and index ${report.used} is used. ` +
          'Give each its own: rtl_eeprom -d INDEX -s NAME'
        : undefined;
    if (duplicates !== undefined && duplicates !== warning) logger.warn(duplicates);
    warning = duplicates;
  }

  return {
    serial,
    get argument() {
      return argument;
    },
    get warning() {
      return warning;
    },
    check(report) {
      const verdict = checkDevice(report, serial);
      if (verdict === 'right') warnOfDuplicates(report);
      if (verdict === 'unknown yet' || verdict === 'right') return verdict;
      // The index from the list is right until something is plugged in or out; then it is checked
      // and found again.
      if (verdict !== 'missing') {
        argument = found = looksLikeIndex(serial) ? String(verdict.index) : serial;
        return 'looked up';
      }
      argument = listingArgument(serial);
      const listed = [...report.serials.values()].slice(0, 8).join(', ');
      return { wrong: `no dongle has this serial number; there are ${listed}` };
    },
    forgetIndex: () => {
      argument = listingArgument(serial);
    },
    async biasTeeOff() {
      const ended = await new Promise<string>((resolve) => {
        const child = startChild('rtl_biast', ['-d', found, '-b', '0'], {
          onStderrLine: () => undefined,
          onExit: resolve,
        });
        setTimeout(() => {
          resolve('it took too long');
          void child.end(0);
        }, BIAS_TEE_TIMEOUT_MS).unref();
      });
      logger.info({ serial, ended }, 'bias tee switched off');
    },
  };
}
