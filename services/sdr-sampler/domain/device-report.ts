/** What librtlsdr's programs print on stderr while they find and open a dongle. */
export interface DeviceReport {
  /** Serial numbers of all dongles, by index. */
  serials: Map<number, string>;
  /** Indices of the RTL-SDR Blog V4 dongles. */
  blogV4: Set<number>;
  /** Index of the opened dongle. */
  used?: number;
  /** Maker and name of the tuner, once the dongle is open. */
  tuner?: string;
  gainDb?: number;
  /** Why no dongle was opened. */
  failure?: string;
}

const LISTED = /^\s+(\d+):\s(.*), SN: (.*)$/;
const BLOG_V4 = /\bBlog V4\b/i;
const USED = /^Using device (\d+):/;
const TUNER = /^Found (.+) tuner$/;
const GAIN = /^Tuner gain set to (-?\d+(?:\.\d+)?) dB/;

const NO_DONGLE = 'No supported devices found';
const NO_MATCH = 'No matching devices found';
const FAILURE = /^(No supported devices found|No matching devices found|Failed to open rtlsdr device)/;

const TUNING_FAILURE =
  /PLL not locked|i2c (?:wr|rd) failed|failed to set|r82xx_(?:write|read).*failed|rtlsdr_(?:demod_)?(?:write|read)_(?:reg|array).*(?:failed|error)/i;

/**
 * Describes the setting that the tuner rejected, if the line reports one. librtlsdr continues with
 * the old setting.
 */
export function tuningFailure(line: string): string | undefined {
  if (!TUNING_FAILURE.test(line)) return undefined;
  const what = /PLL not locked/i.test(line)
    ? 'frequency'
    : (/failed to set ([\w ]+)/i.exec(line)?.[1] ?? 'settings');
  return (
    `the tuner did not take its ${what.trim()} (${line.trim().slice(0, 80)}). Likely causes: a frequency at the edge of the tuner's range, ` +
    'a hot or damaged tuner, USB power or cable. Plug the dongle in again, or choose another frequency'
  );
}

export function emptyReport(): DeviceReport {
  return { serials: new Map(), blogV4: new Set() };
}

/** Adds the next line. */
export function readReport(report: DeviceReport, line: string): void {
  const [, index, product, serial] = LISTED.exec(line) ?? [];
  if (index !== undefined && serial !== undefined) {
    report.serials.set(Number(index), serial);
    if (BLOG_V4.test(product as string)) report.blogV4.add(Number(index));
  }
  const used = USED.exec(line)?.[1];
  if (used !== undefined) report.used = Number(used);
  const tuner = TUNER.exec(line)?.[1];
  if (tuner !== undefined) report.tuner = tuner;
  const gain = GAIN.exec(line)?.[1];
  if (gain !== undefined) report.gainDb = Number(gain);
  const failure = FAILURE.exec(line)?.[1];
  if (failure !== undefined) report.failure = failure;
}

/** Whether no dongle is plugged in. */
export function hasNoDongle({ failure }: DeviceReport): boolean {
  return failure === NO_DONGLE;
}

/** Indices of the dongles with this serial number. */
export function indicesOf({ serials }: DeviceReport, serial: string): number[] {
  return [...serials].flatMap(([index, listed]) => (listed === serial ? [index] : []));
}

/** Whether the opened dongle is an RTL-SDR Blog V4. */
export function isBlogV4({ used, blogV4 }: DeviceReport): boolean {
  return used !== undefined && blogV4.has(used);
}

/**
 * Whether librtlsdr's programs interpret this serial number as an index (`strtol`: decimal, octal,
 * hexadecimal).
 */
export function looksLikeIndex(serial: string): boolean {
  return /^(0x[0-9a-f]+|\d+)$/i.test(serial);
}

/**
 * An argument for `-d` that matches no dongle: the programs then list all dongles and open none.
 */
export function listingArgument(serial: string): string {
  return `${serial}?`;
}

/**
 * Whether the opened dongle is the right one; if it is not, or none was opened, the index of the
 * right one. The programs interpret a numeric serial number as an index (also in octal), and accept
 * the beginning or the end of a serial number.
 */
export function checkDevice(
  report: DeviceReport,
  serial: string,
): 'unknown yet' | 'right' | { index: number } | 'missing' {
  if (report.used === undefined && report.failure !== NO_MATCH) return 'unknown yet';
  if (report.used !== undefined && report.serials.get(report.used) === serial) return 'right';
  const [index] = indicesOf(report, serial);
  return index === undefined ? 'missing' : { index };
}
