/** How a command ends; `skyscan --help` lists them. */
export const EXIT = {
  ok: 0,
  /** The API refused, or what was asked for went wrong. */
  failed: 1,
  /** The command line or its environment makes no sense. */
  usage: 2,
  /** The API cannot be reached, or is in trouble itself. */
  unavailable: 3,
  /** The command was left; the scan goes on. */
  detached: 4,
  /** Ctrl-C. */
  cancelled: 130,
} as const;

export const EXIT_HELP = `
Exit codes:
  0    done
  1    the API refused, or what was asked for went wrong (a scan that others cancelled, too)
  2    the command line or its environment makes no sense
  3    the API cannot be reached
  4    left with Ctrl-C or SIGTERM: the scan goes on
  130  cancelled with Ctrl-C

Environment:
  SKYSCAN_URL      where the API is (default http://127.0.0.1:8080)
  SKYSCAN_API_KEY  a key, where the API wants one (or SKYSCAN_API_KEY_FILE)
  NO_COLOR         no colours, whatever the terminal can (TERM, COLORTERM)`;

/** Ends the command with the code of another program, which has said why. */
export class ExitError extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`ended with ${code}`);
    this.code = code;
  }
}
