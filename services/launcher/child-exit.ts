import type { ChildProcess } from 'node:child_process';

/** Resolves with a description of how a process exited, or why it could not be started. */
export function untilExit(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === null ? `signal ${signal ?? '?'}` : `exit code ${code}`),
    );
  });
}
