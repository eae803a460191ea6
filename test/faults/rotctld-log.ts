/** A motion command that reached rotctld. */
export interface MotionCommand {
  atUnixMs: number;
  /** Connection through the proxy, counted from 1. */
  connection: number;
  /** Undefined: `S`. */
  target: { azimuthDeg: number; elevationDeg: number } | undefined;
  line: string;
}

/** Parses the byte stream to rotctld and keeps every motion command. */
export class RotctldLog {
  readonly commands: MotionCommand[] = [];
  readonly #tails = new Map<number, string>();
  readonly #nowUnixMs: () => number;

  constructor(nowUnixMs: () => number) {
    this.#nowUnixMs = nowUnixMs;
  }

  /** Adds bytes that a connection sent to rotctld. */
  take(bytes: Buffer, connection: number): void {
    const lines = ((this.#tails.get(connection) ?? '') + bytes.toString('latin1')).split('\n');
    this.#tails.set(connection, lines.pop() ?? '');
    for (const line of lines) this.#keep(line.trim(), connection);
  }

  /** Commands since a time. */
  since(unixMs: number): MotionCommand[] {
    return this.commands.filter(({ atUnixMs }) => atUnixMs >= unixMs);
  }

  #keep(line: string, connection: number): void {
    const [word = '', ...numbers] = line.replace(/^[+;|,]/, '').split(/\s+/);
    const atUnixMs = this.#nowUnixMs();
    if (word === 'S' || word === '\\stop')
      this.commands.push({ atUnixMs, connection, target: undefined, line });
    // Other motion commands (park, velocity) count as targets outside every plan.
    else if (['P', '\\set_pos', 'K', '\\park', 'M', '\\move'].includes(word)) {
      const [azimuthDeg = NaN, elevationDeg = NaN] =
        word.toUpperCase() === 'P' || word === '\\set_pos' ? numbers.map(Number) : [];
      this.commands.push({ atUnixMs, connection, target: { azimuthDeg, elevationDeg }, line });
    }
  }
}
