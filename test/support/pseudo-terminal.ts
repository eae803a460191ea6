import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';

export interface PseudoTerminal {
  /** The visible lines, without trailing blanks. */
  screen(): string[];
  /** Number of visible characters with a 24-bit colour. */
  coloured(): number;
  /** All output, including escape codes. */
  raw(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Sends a signal to all processes of the terminal. */
  kill(signal: NodeJS.Signals): void;
  exited: Promise<number>;
  close(): void;
}

// A pseudo terminal discards unread output when its last process exits: a shell stays and prints
// the program's exit code.
const STAY = `trap : INT TERM; "$@"; printf 'exit code %s\\n' $?; read -r _`;

/** Runs a program in a pseudo terminal with a terminal emulator. */
export function openPseudoTerminal(
  program: string,
  args: string[],
  { env, columns = 80, rows = 30 }: { env: Record<string, string>; columns?: number; rows?: number },
): PseudoTerminal {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = spawn('/bin/sh', ['-c', STAY, 'sh', program, ...args], {
    name: 'xterm-256color',
    cols: columns,
    rows,
    env,
  });
  let raw = '';
  const exited = new Promise<number>((resolve) => {
    child.onData((data) => {
      raw += data;
      terminal.write(data);
      const [, code] = /exit code (\d+)\r\n$/.exec(raw) ?? [];
      if (code !== undefined) resolve(Number(code));
    });
  });
  const rowsNow = () => {
    const { active } = terminal.buffer;
    return Array.from({ length: terminal.rows }, (_, y) => active.getLine(active.viewportY + y));
  };
  return {
    screen: () => rowsNow().map((line) => line?.translateToString(true) ?? ''),
    coloured: () =>
      rowsNow().reduce((sum, line) => {
        let found = 0;
        for (let x = 0; x < terminal.cols; x++) if (line?.getCell(x)?.isFgRGB()) found++;
        return sum + found;
      }, 0),
    raw: () => raw,
    type: (keys) => child.write(keys),
    resize(width, height) {
      terminal.resize(width, height);
      child.resize(width, height);
    },
    kill: (signal) => void process.kill(-child.pid, signal),
    exited,
    close() {
      // It may have exited already.
      try {
        child.kill('SIGKILL');
      } catch {
        return;
      } finally {
        terminal.dispose();
      }
    },
  };
}
