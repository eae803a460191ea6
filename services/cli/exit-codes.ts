/** Exit codes of the commands; `skyscan --help` lists them. */
export const EXIT = {
  ok: 0,
  /** The API refused the request, or the operation failed. */
  failed: 1,
  /** Invalid command line or environment. */
  usage: 2,
  /** The API cannot be reached, or has failed. */
  unavailable: 3,
  /** The command ended; the scan is still running. */
  detached: 4,
  /** Ctrl-C. */
  cancelled: 130,
} as const;

export const EXIT_HELP = `
Exit codes:
  0    success
  1    the API refused the request, or the operation failed (also: another client cancelled the scan)
  2    invalid command line or environment
  3    the API cannot be reached
  4    left with Ctrl-C or SIGTERM; the scan is still running
  130  cancelled with Ctrl-C

Environment:
  SKYSCAN_URL      address of the API (default http://127.0.0.1:8080)
  SKYSCAN_API_KEY  API key, if the API requires one (or SKYSCAN_API_KEY_FILE)
  NO_COLOR         turns colours off, also where the terminal has them (TERM, COLORTERM)`;

/** Ends the command with the exit code of another program, which has reported its error. */
export class ExitError extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit code ${code}`);
    this.code = code;
  }
}
