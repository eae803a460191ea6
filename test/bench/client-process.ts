import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A client in a process of its own, so that its work is not the server's. It says things with
 * `process.send`.
 */
export interface ClientProcess {
  /** Resolves with what it says next. */
  said<T>(): Promise<T>;
  send(message: string): void;
  /** Resolves when it has ended. */
  end(): Promise<void>;
}

/** Runs a file of this folder with arguments. */
export function startClient(file: string, args: string[]): ClientProcess {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    execArgv: ['--conditions=source', '--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    serialization: 'advanced',
  });
  const exited = once(child, 'exit');
  return {
    async said<T>() {
      const message = once(child, 'message').then(([value]) => value as T);
      const gone = exited.then(([code]) => Promise.reject(new Error(`${file} ended with ${String(code)}`)));
      gone.catch(() => undefined);
      return Promise.race([message, gone]);
    },
    send: (message) => void child.send(message),
    async end() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await exited;
    },
  };
}
