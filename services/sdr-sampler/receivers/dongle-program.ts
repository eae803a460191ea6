import { SkyScanError } from '#shared/base/errors';
import { emptyReport, hasNoDongle, readReport, type DeviceReport } from '../domain/device-report.ts';
import { startChild, type Child } from './child.ts';
import type { LocalDongle } from './local-dongle.ts';

export interface DongleProgramHandlers {
  onStdout?(text: string): void;
  /** A line on stderr; returns false if it is no part of the report on the dongle. */
  onLine(line: string): boolean;
  /** Called with every line of the report once the program has opened the dongle. */
  onDongle(report: DeviceReport): void;
  /** The program has ended, or has not opened the dongle. */
  onFailure(reason: string): void;
}

/**
 * Runs a program of librtlsdr on a dongle. Starts it again when it has listed the dongles, in order
 * to open the right one. Nothing is called after `end`.
 */
export class DongleProgram {
  readonly #name: string;
  readonly #dongle: LocalDongle;
  readonly #handlers: DongleProgramHandlers;
  #child: Child | undefined;
  #report = emptyReport();
  /** `listed`: the program has listed the dongles and is ending. */
  #phase: 'running' | 'listed' | 'ended' = 'running';

  constructor(name: string, dongle: LocalDongle, handlers: DongleProgramHandlers) {
    this.#name = name;
    this.#dongle = dongle;
    this.#handlers = handlers;
  }

  get report(): DeviceReport {
    return this.#report;
  }

  /** Starts the program; `argsFor` returns its arguments for the argument of `-d`. */
  start(argsFor: (device: string) => readonly string[]): void {
    if (this.#phase === 'ended') return;
    this.#phase = 'running';
    this.#report = emptyReport();
    const isCurrent = () => this.#phase === 'running' && this.#child === started;
    const started = startChild(this.#name, argsFor(this.#dongle.argument), {
      onStdout: (text) => {
        if (isCurrent()) this.#handlers.onStdout?.(text);
      },
      onStderrLine: (line) => {
        if (isCurrent() && this.#handlers.onLine(line)) this.#read(line, argsFor);
      },
      onExit: (reason) => {
        if (isCurrent()) this.#handlers.onFailure(this.#report.failure ?? reason);
      },
    });
    this.#child = started;
  }

  /**
   * Ends the program; resolves once it has ended. With `graceMs` > 0, sends SIGTERM before SIGKILL.
   */
  async end(graceMs: number): Promise<void> {
    this.#phase = 'ended';
    await this.#child?.end(graceMs);
  }

  /**
   * Kills the program after a failure; resolves with the error when the dongle is free. A process
   * blocked in a read only reacts to SIGKILL.
   */
  async kill(reason: string, isOpen: boolean): Promise<SkyScanError> {
    // The dongle may have been unplugged: another one may get its index.
    if (isOpen || hasNoDongle(this.#report)) this.#dongle.forgetIndex();
    await this.end(0);
    return new SkyScanError('unavailable', `${this.#name} of dongle ${this.#dongle.serial}: ${reason}`);
  }

  #read(line: string, argsFor: (device: string) => readonly string[]): void {
    readReport(this.#report, line);
    const verdict = this.#dongle.check(this.#report);
    if (verdict === 'unknown yet') return;
    if (verdict === 'looked up') void this.#startAgain(argsFor);
    else if (verdict === 'right') this.#handlers.onDongle(this.#report);
    else this.#handlers.onFailure(verdict.wrong);
  }

  /** If the program has opened a dongle, it is the wrong one. */
  async #startAgain(argsFor: (device: string) => readonly string[]): Promise<void> {
    this.#phase = 'listed';
    await this.#child?.end(0);
    this.start(argsFor);
  }
}
