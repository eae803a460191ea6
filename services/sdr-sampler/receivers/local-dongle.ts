import type { Logger } from '#shared/runtime/logger';
import {
  checkDevice,
  indicesOf,
  listingArgument,
  looksLikeIndex,
  type DeviceReport,
} from '../domain/device-report.ts';
import { startChild } from './child.ts';

const BIAS_TEE_TIMEOUT_MS = 2_000;

/** A dongle of this host, identified by its serial number. */
export class LocalDongle {
  readonly serial: string;
  readonly #logger: Logger;
  /**
   * librtlsdr interprets a serial number that looks like an index as one; if no serial number is
   * equal, it opens a dongle whose number starts or ends with it. The wrong dongle would then
   * receive our settings.
   */
  #argument: string;
  /** The argument that selects it. */
  #found: string;
  #warning: string | undefined;

  constructor(serial: string, logger: Logger) {
    this.serial = serial;
    this.#logger = logger;
    this.#argument = listingArgument(serial);
    this.#found = serial;
  }

  /** The current argument of `-d`. */
  get argument(): string {
    return this.#argument;
  }

  /** A problem of a dongle that is open nevertheless. */
  get warning(): string | undefined {
    return this.#warning;
  }

  /**
   * Whether the program has opened this dongle. `looked up`: not yet, but it is listed, and
   * `argument` now selects it.
   */
  check(report: DeviceReport): 'unknown yet' | 'right' | 'looked up' | { wrong: string } {
    const { serial } = this;
    const verdict = checkDevice(report, serial);
    if (verdict === 'right') this.#warnOfDuplicates(report);
    if (verdict === 'unknown yet' || verdict === 'right') return verdict;
    // The index from the list is valid until a dongle is plugged in or out; then it is looked up
    // again.
    if (verdict !== 'missing') {
      this.#found = looksLikeIndex(serial) ? String(verdict.index) : serial;
      this.#argument = this.#found;
      return 'looked up';
    }
    this.#argument = listingArgument(serial);
    const listed = [...report.serials.values()].slice(0, 8).join(', ');
    return { wrong: `no dongle has this serial number; found ${listed}` };
  }

  /** The index may be outdated: the list is read again before a dongle is opened. */
  forgetIndex(): void {
    this.#argument = listingArgument(this.serial);
  }

  /**
   * Turns the bias tee off while no program uses the dongle; librtlsdr leaves it on when it closes.
   */
  async biasTeeOff(): Promise<void> {
    const ended = await new Promise<string>((resolve) => {
      const child = startChild('rtl_biast', ['-d', this.#found, '-b', '0'], {
        onStderrLine: () => undefined,
        onExit: resolve,
      });
      setTimeout(() => {
        resolve('timed out');
        void child.end(0);
      }, BIAS_TEE_TIMEOUT_MS).unref();
    });
    this.#logger.info({ serial: this.serial, ended }, 'bias tee switched off');
  }

  /**
   * If several dongles have the same serial number, their USB ports determine which one is opened.
   */
  #warnOfDuplicates(report: DeviceReport): void {
    const { serial } = this;
    const indices = indicesOf(report, serial);
    const duplicates =
      indices.length > 1
        ? `${indices.length} dongles have the serial number ${serial} (indices ${indices.join(', ')}), and index ${report.used} is used. ` +
          'Give each its own: rtl_eeprom -d INDEX -s NAME'
        : undefined;
    if (duplicates !== undefined && duplicates !== this.#warning) this.#logger.warn(duplicates);
    this.#warning = duplicates;
  }
}
