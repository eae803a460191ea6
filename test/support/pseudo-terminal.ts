import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';

export interface PseudoTerminal {
  /** What a person sees now, line by line, without blanks at the ends. */
  screen(): string[];
  /** How many characters are on the screen that have a colour of 24 bits. */
  coloured(): number;
  /** Everything that was written, escape codes included. */
  raw(): string;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** To everything that runs in it. */
  kill(signal: NodeJS.Signals): void;
  exited: Promise<number>;
  close(): void;
}

// A pseudo terminal forgets what was not read yet when its last process ends: a shell stays, and
// says how the program ended.
const STAY = `trap : INT TERM; "$@"; printf 'exit code %s\\n' $?; read -r _`;

/** Runs a program under a pseudo terminal that understands what a terminal understands. */
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
      // It may have ended already.
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
