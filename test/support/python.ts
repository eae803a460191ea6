import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The Python of Debian, which has the packages of Debian. */
const PYTHON = '/usr/bin/python3';
export const PYTHON_CLIENT = fileURLToPath(new URL('../../clients/python', import.meta.url));

/** A running script that has `from skyscan import *`. */
export interface PythonScript {
  /** The JSON values that it has printed so far, one per line. */
  readonly printed: unknown[];
  /** What it has written to stderr so far. */
  readonly errors: string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

/** Whether Debian's Python can import all modules; the first that is missing. */
export function missingModule(modules: readonly string[]): string | undefined {
  return modules.find((module) => {
    try {
      execFileSync(PYTHON, ['-c', `import ${module}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** Starts a script with the client of `clients/python`. */
export function startPython(script: string, args: readonly (string | number)[]): PythonScript {
  const child = spawn(
    PYTHON,
    ['-u', '-W', 'error::RuntimeWarning', '-c', `${PRELUDE}${script}`, ...args.map(String)],
    {
      env: { ...process.env, PYTHONPATH: PYTHON_CLIENT, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const printed: unknown[] = [];
  let errors = '';
  createInterface(child.stdout).on('line', (line) => printed.push(JSON.parse(line)));
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    printed,
    get errors() {
      return errors;
    },
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

/** What a script prints; throws with its traceback if it fails. */
export async function runPython(script: string, args: readonly (string | number)[]): Promise<unknown[]> {
  const run = startPython(script, args);
  const code = await run.ended;
  if (code !== 0) throw new Error(`python3 ended with ${code}: ${run.errors}`);
  return run.printed;
}

const PRELUDE = `
import json, sys
from skyscan import *
def show(value): print(json.dumps(value))
`;
