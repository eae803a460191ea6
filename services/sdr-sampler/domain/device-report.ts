/** What librtlsdr's programs say on stderr while they look for a dongle and open it. */
export interface DeviceReport {
  /** Serial numbers of all dongles, by index. */
  serials: Map<number, string>;
  /** Indices of the dongles that are an RTL-SDR Blog V4. */
  blogV4: Set<number>;
  /** Index of the dongle that is opened. */
  used?: number;
  /** Maker and name of the tuner, once it is open. */
  tuner?: string;
  gainDb?: number;
  /** Why there is none. */
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
 * The setting that the tuner has not taken, if a line reports that. librtlsdr carries on with the
 * old one.
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

/** Takes the next line in. */
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

/** Whether no dongle at all is plugged in. */
export function hasNoDongle({ failure }: DeviceReport): boolean {
  return failure === NO_DONGLE;
}

/** Indices of the dongles with this serial number. */
export function indicesOf({ serials }: DeviceReport, serial: string): number[] {
  return [...serials].flatMap(([index, listed]) => (listed === serial ? [index] : []));
}

/** Whether the dongle that is opened is an RTL-SDR Blog V4. */
export function isBlogV4({ used, blogV4 }: DeviceReport): boolean {
  return used !== undefined && blogV4.has(used);
}

/**
 * Whether librtlsdr's programs take this serial number for an index (`strtol`: decimal, octal,
 * hexadecimal).
 */
export function looksLikeIndex(serial: string): boolean {
  return /^(0x[0-9a-f]+|\d+)$/i.test(serial);
}

/** An argument for `-d` that no dongle matches: the programs list all dongles, and open none. */
export function listingArgument(serial: string): string {
  return `${serial}?`;
}

/**
 * Whether the dongle that is opened is the wanted one, and if not, or if none was opened, its
 * index. The programs take a serial number that looks like a number for an index (in octal, too),
 * and any beginning or end of one for the whole.
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
