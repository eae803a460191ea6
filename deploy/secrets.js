// Makes, once, what the containers need to trust each other: passwords, a gRPC token, an API key, and certificates of an
// authority of their own. What exists is kept; the certificate is made again when TLS_NAMES changes or its end is near.
// node deploy/secrets.js FOLDER MQTT_FOLDER POSTGRES_FOLDER
// TLS_NAMES: further names and addresses of the machines, separated by commas.
import { execFileSync } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFileSync } from '#shared/durable-file';

const [folder, mqttFolder, postgresFolder] = process.argv.slice(2);
if (!folder || !mqttFolder || !postgresFolder) {
  console.error('usage: node deploy/secrets.js FOLDER MQTT_FOLDER POSTGRES_FOLDER');
  process.exit(1);
}

const USER = 'skyscan';
const SERVICES = [
  'scan-orchestrator',
  'rotor-driver',
  'sdr-sampler',
  'mosquitto',
  'localhost',
  '127.0.0.1',
  '::1',
];
const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 800;
const RENEW_SECONDS = 90 * 86_400;

const secret = () => randomBytes(24).toString('base64url');
const word = (/** @type {string} */ name) => keep(join(folder, name), secret);

word('api-keys');
word('grpc-token');
const mqttPassword = word('mqtt-password');
const postgresPassword = word('postgres-password');
keep(join(folder, 'database-url'), () => `postgres://${USER}:${postgresPassword}@postgres:5432/${USER}`);
makeCertificates();

// Other containers run under other numbers; only they mount these folders.
write(join(postgresFolder, 'password'), postgresPassword, 0o444);
write(join(mqttFolder, 'password'), mqttPassword, 0o444);
write(join(mqttFolder, 'passwords'), `${USER}:${mosquittoHash(mqttPassword)}`, 0o444);
for (const name of ['ca.pem', 'tls.pem', 'tls-key.pem'])
  write(join(mqttFolder, name), readFileSync(join(folder, name), 'utf8').trim(), 0o444);
console.log(`secrets are in ${folder}`);

/** @param {string} path @param {() => string} make */
function keep(path, make) {
  // Empty: a power cut has interrupted a version that did not sync its files.
  const kept = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (kept) return kept;
  write(path, make(), 0o400);
  return readFileSync(path, 'utf8').trim();
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

function makeCertificates() {
  const names = [...SERVICES, ...(process.env['TLS_NAMES'] ?? '').split(',').map((name) => name.trim())];
  const list = names.filter(Boolean).map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`);
  const at = (/** @type {string} */ name) => join(folder, name);
  if (!existsSync(at('ca.pem'))) {
    const subject = ['-subj', '/CN=Sky Scan authority', '-days', String(AUTHORITY_DAYS)];
    openssl(['req', '-x509', ...newKey(at('ca-key.pem')), ...subject, '-out', at('ca.pem')]);
    chmodSync(at('ca-key.pem'), 0o400);
  }
  const wanted = list.join(',');
  const asBefore = existsSync(at('tls-names')) && readFileSync(at('tls-names'), 'utf8').trim() === wanted;
  if (asBefore && lasts(at('tls.pem'))) return;

  const work = mkdtempSync(join(tmpdir(), 'sky-scan-tls-'));
  const [request, extensions, key] = ['request.pem', 'extensions', 'key.pem'].map((name) => join(work, name));
  openssl(['req', ...newKey(key), '-subj', '/CN=Sky Scan', '-out', request]);
  writeFileSync(
    extensions,
    `subjectAltName=${wanted}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  const authority = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca-key.pem'),
    '-CAcreateserial',
    '-CAserial',
    join(work, 'serial'),
  ];
  const days = ['-days', String(CERTIFICATE_DAYS), '-extfile', extensions];
  openssl(['x509', '-req', '-in', request, ...authority, ...days, '-out', join(work, 'tls.pem')]);
  write(at('tls.pem'), readFileSync(join(work, 'tls.pem'), 'utf8').trim(), 0o400);
  write(at('tls-key.pem'), readFileSync(key, 'utf8').trim(), 0o400);
  write(at('tls-names'), wanted, 0o400);
  rmSync(work, { recursive: true });
}

/** @param {string} path */
function newKey(path) {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', path];
}

/** @param {string} path */
function lasts(path) {
  try {
    openssl(['x509', '-in', path, '-noout', '-checkend', String(RENEW_SECONDS)]);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} args */
function openssl(args) {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
