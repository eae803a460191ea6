import type { ChildProcess } from 'node:child_process';

/** Resolves with how a process ended, or why it never began, in words. */
export function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === null ? `signal ${signal ?? '?'}` : `exit code ${code}`),
    );
  });
}
