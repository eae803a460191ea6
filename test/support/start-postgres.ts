// A process of its own that starts PostgreSQL, prints the server's number and waits to be killed.
import { preparePostgres, type PostgresOptions } from '../../services/launcher/postgres.ts';

const cluster = preparePostgres(JSON.parse(process.argv[2] ?? '{}') as PostgresOptions);
const running = await cluster.start();
process.stdout.write(String(running.pid));
await running.exited;
