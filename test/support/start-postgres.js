// Starts the PostgreSQL of its argument (PostgresOptions as JSON), prints the server's PID and
// waits.
import { preparePostgres } from '../../dist/services/launcher/postgres.js';

const running = await preparePostgres(JSON.parse(process.argv[2])).start();
process.stdout.write(String(running.pid));
await running.exited;
