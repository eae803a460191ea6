import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * A client in a separate process, so that its work does not slow the server. It reports with
 * `process.send`.
 */
export interface ClientProcess {
  /** Resolves with its next message. */
  message<T>(): Promise<T>;
  send(message: string): void;
  /** Resolves when it has exited. */
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
    async message<T>() {
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
