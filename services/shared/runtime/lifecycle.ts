import type { Logger } from './logger.ts';

/** Closes resources in reverse order, once. */
export interface Lifecycle {
  /** Registers a close function; the last one registered runs first. */
  onClose(name: string, close: () => Promise<void> | void): void;
  close(): Promise<void>;
}

// After SIGTERM the process must end within 5 s.
const CLOSE_DEADLINE_MS = 4_000;

export function createLifecycle(logger: Logger): Lifecycle {
  const closers: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | undefined;

  async function closeAll(): Promise<void> {
    for (let closer = closers.pop(); closer; closer = closers.pop()) {
      try {
        await closer.close();
      } catch (error) {
        logger.warn({ err: error, part: closer.name }, 'did not close cleanly');
      }
    }
  }

  return {
    onClose: (name, close) => {
      closers.push({ name, close });
    },
    close: () => (closing ??= closeAll()),
  };
}

/**
 * Runs a service as a process: starts it, reports that it is ready, and closes it on SIGTERM,
 * SIGINT or when the parent is gone (IPC channel closed). If the start fails, logs one message and
 * exits with 1.
 */
export async function runService(
  logger: Logger,
  start: (lifecycle: Lifecycle) => Promise<Record<string, unknown>>,
): Promise<void> {
  const lifecycle = createLifecycle(logger);
  let ending = false;
  const end = (reason: string, code: number) => {
    if (ending) return;
    ending = true;
    logger.info({ reason }, 'closing');
    setTimeout(() => {
      logger.error('closing took too long');
      process.exit(code || 1);
    }, CLOSE_DEADLINE_MS).unref();
    void lifecycle.close().then(() => process.exit(code));
  };
  process.on('SIGTERM', () => end('SIGTERM', 0));
  process.on('SIGINT', () => end('SIGINT', 0));
  process.on('disconnect', () => end('parent gone', 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'unexpected error');
    end('unexpected error', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    end('unhandled rejection', 1);
  });
  try {
    const facts = await start(lifecycle);
    logger.info(facts, 'ready');
    process.send?.({ ready: true, ...facts });
  } catch (error) {
    logger.fatal(error instanceof Error ? error.message : String(error));
    end('cannot start', 1);
  }
}
