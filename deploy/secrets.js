// Creates the secrets that the containers need: passwords, a gRPC token, an API key and certificates
// of a local authority. Existing secrets are kept; a certificate is renewed when its names change or
// it is about to expire.
//
// node deploy/secrets.js FOLDER
//
// FOLDER/authority holds all secrets. Each service mounts only its own folder, which holds what it
// needs. TLS_NAMES: additional host names and addresses, separated by commas. LINK_SITE: the name of
// a site that dials in; FOLDER/site-link gets its certificate.
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITE_NAME, SITE_NAME_RULE } from '#shared/base/site-name';
import { replaceFileSync } from '#shared/runtime/durable-file';
import { createAuthority } from './certificates.js';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node deploy/secrets.js FOLDER');
  process.exit(1);
}

const DATABASE_USER = 'skyscan';
const HARDWARE_SERVICES = ['scan-orchestrator', 'rotor-driver', 'sdr-sampler'];
// Users of the broker; deploy/mosquitto.acl lists what each may do.
const SERVICE_USERS = ['api-gateway', ...HARDWARE_SERVICES];
const CLIENT_USERS = ['reader', 'home-assistant', 'operator', 'stop-button', 'sensors'];
const OWNER_ONLY = 0o400;
// Mosquitto and PostgreSQL run under other user ids. Only they mount these folders.
const CONTAINER_ONLY = 0o444;

const secret = () => randomBytes(24).toString('base64url');
const inFolder = (/** @type {string[]} */ ...parts) => join(folder, ...parts);
const storedSecret = (/** @type {string} */ name, make = secret) =>
  readOrCreate(inFolder('authority', name), make);

for (const name of ['authority', ...SERVICE_USERS, 'sky-analyst', 'site-link', 'mosquitto', 'postgres'])
  mkdirSync(inFolder(name), { recursive: true });

const grpcToken = storedSecret('grpc-token');
const databasePassword = storedSecret('postgres-password');
const authority = createAuthority(inFolder('authority'), readOrCreate);

put('api-gateway', 'api-keys', storedSecret('api-keys'));
put(
  'api-gateway',
  'database-url',
  `postgres://${DATABASE_USER}:${databasePassword}@postgres:5432/${DATABASE_USER}`,
);
for (const user of SERVICE_USERS) {
  put(user, 'grpc-token', grpcToken);
  put(user, 'mqtt-password', storedSecret(`mqtt-password-${user}`));
  put(user, 'ca.pem', authority.certificate());
}
put('sky-analyst', 'grpc-token', grpcToken);
// The gateway is a server for sites that dial in.
for (const service of ['api-gateway', 'sky-analyst', ...HARDWARE_SERVICES])
  putCertificate(service, OWNER_ONLY);
const site = process.env['LINK_SITE'] ?? '';
if (site !== '') {
  if (!SITE_NAME.test(site)) {
    console.error(`LINK_SITE ${site}: ${SITE_NAME_RULE}`);
    process.exit(1);
  }
  const { certificate, key } = authority.certificateForSite(site);
  put('site-link', 'tls.pem', certificate);
  put('site-link', 'tls-key.pem', key);
  put('site-link', 'ca.pem', authority.certificate());
}

put('postgres', 'password', databasePassword, CONTAINER_ONLY);
const passwords = [...SERVICE_USERS, ...CLIENT_USERS].map(
  (user) => `${user}:${mosquittoHash(storedSecret(`mqtt-password-${user}`))}`,
);
put('mosquitto', 'passwords', passwords.join('\n'), CONTAINER_ONLY);
for (const user of CLIENT_USERS)
  put('mosquitto', `${user}-password`, storedSecret(`mqtt-password-${user}`), CONTAINER_ONLY);
put('mosquitto', 'ca.pem', authority.certificate(), CONTAINER_ONLY);
putCertificate('mosquitto', CONTAINER_ONLY);
console.log(`secrets are in ${folder}`);

/** @param {string} service @param {number} mode */
function putCertificate(service, mode) {
  const { certificate, key } = authority.certificateFor(service, process.env['TLS_NAMES'] ?? '');
  put(service, 'tls.pem', certificate, mode);
  put(service, 'tls-key.pem', key, mode);
}

/**
 * Returns the content of `path`, which is created if it is missing.
 * @param {string} path
 * @param {() => string} make
 */
function readOrCreate(path, make) {
  // An older version did not sync the file; a power cut left it empty.
  const stored = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (stored) return stored;
  const created = make();
  write(path, created, OWNER_ONLY);
  return created;
}

/** @param {string} service @param {string} name @param {string} text */
function put(service, name, text, mode = OWNER_ONLY) {
  write(inFolder(service, name), text, mode);
}

/** @param {string} path @param {string} text @param {number} mode */
function write(path, text, mode) {
  replaceFileSync(path, `${text}\n`, mode);
  chmodSync(path, mode);
}

/** Mosquitto's own format (mosquitto_passwd): $7$, PBKDF2 with SHA-512. @param {string} password */
function mosquittoHash(password) {
  const iterations = 10_000;
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, iterations, 64, 'sha512');
  return `$7$${iterations}$${salt.toString('base64')}$${hash.toString('base64')}`;
}
