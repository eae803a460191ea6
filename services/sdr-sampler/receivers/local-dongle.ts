import type { Logger } from '#shared/runtime/logger';
import {
  checkDevice,
  indicesOf,
  listingArgument,
  looksLikeIndex,
  type DeviceReport,
} from '../domain/device-report.ts';
import { startChild } from './child.ts';

/** A dongle of this host, identified by its serial number. */
export interface LocalDongle {
  serial: string;
  /** The current argument of `-d`. */
  readonly argument: string;
  /** A problem of a dongle that is open nevertheless. */
  readonly warning: string | undefined;
  /**
   * Whether the program has opened this dongle. `looked up`: not yet, but it is listed, and
   * `argument` now selects it.
   */
  check(report: DeviceReport): 'unknown yet' | 'right' | 'looked up' | { wrong: string };
  /** The index may be outdated: the list is read again before a dongle is opened. */
  forgetIndex(): void;
  /**
   * Turns the bias tee off while no program uses the dongle; librtlsdr leaves it on when it closes.
   */
  biasTeeOff(): Promise<void>;
}

const BIAS_TEE_TIMEOUT_MS = 2_000;

export function createLocalDongle(serial: string, logger: Logger): LocalDongle {
  // librtlsdr interprets a serial number that looks like an index as one; if no serial number is
  // equal, it opens a dongle whose number starts or ends with it. The wrong dongle would then
  // receive our settings.
  let argument = listingArgument(serial);
  /** The argument that selects it. */
  let found = serial;
  let warning: string | undefined;

  /**
   * If several dongles have the same serial number, their USB ports determine which one is opened.
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
      // The index from the list is valid until a dongle is plugged in or out; then it is looked up
      // again.
      if (verdict !== 'missing') {
        argument = found = looksLikeIndex(serial) ? String(verdict.index) : serial;
        return 'looked up';
      }
      argument = listingArgument(serial);
      const listed = [...report.serials.values()].slice(0, 8).join(', ');
      return { wrong: `no dongle has this serial number; found ${listed}` };
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
          resolve('timed out');
          void child.end(0);
        }, BIAS_TEE_TIMEOUT_MS).unref();
      });
      logger.info({ serial, ended }, 'bias tee switched off');
    },
  };
}
