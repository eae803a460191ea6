// With the argument `child`: a service that only prints when it closes. Without: its parent, which
// prints the child's PID when it is ready. Runs from dist, as the launcher's services do.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runService } from '../../dist/services/shared/runtime/lifecycle.js';
import { createLogger } from '../../dist/services/shared/runtime/logger.js';

if (process.argv[2] === 'child') {
  const logger = createLogger('talker');
  await runService(logger, (lifecycle) => {
    lifecycle.onClose('talk', () => {
      for (let n = 0; n < 5; n++) logger.warn({ n }, 'closing');
    });
    return Promise.resolve({});
  });
} else {
  const child = fork(fileURLToPath(import.meta.url), ['child'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  child.on('message', () => process.stdout.write(String(child.pid)));
}
