// The certificate authority of one installation and the certificates that it issues, made with
// OpenSSL.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFileSync } from '#shared/runtime/durable-file';

const AUTHORITY_DAYS = 3650;
const CERTIFICATE_DAYS = 800;
const RENEW_SECONDS = 90 * 86_400;
const LOCAL_NAMES = ['localhost', '127.0.0.1', '::1'];

/**
 * @param {string} folder where the keys are stored
 * @param {(path: string, make: () => string) => string} readOrCreate
 */
export function createAuthority(folder, readOrCreate) {
  const at = (/** @type {string} */ name) => join(folder, name);
  readOrCreate(at('ca-key.pem'), newKey);
  const certificate = () =>
    readOrCreate(at('ca.pem'), () =>
      openssl([
        'req',
        '-x509',
        '-new',
        '-key',
        at('ca-key.pem'),
        '-subj',
        '/CN=Sky Scan authority',
        '-days',
        String(AUTHORITY_DAYS),
      ]),
    );

  return {
    certificate,

    /**
     * The certificate of `service`, valid for its name, this host and `moreNames`.
     * @param {string} service
     * @param {string} moreNames
     */
    certificateFor(service, moreNames) {
      const names = [service, ...LOCAL_NAMES, ...moreNames.split(',').map((name) => name.trim())].filter(
        Boolean,
      );
      const subjects = names.map((name) => `${isIP(name) ? 'IP' : 'DNS'}:${name}`).join(',');
      const extensions = [`subjectAltName=${subjects}`, 'extendedKeyUsage=serverAuth'];
      return issueOnce(service, `Sky Scan ${service}`, extensions);
    },

    /**
     * The certificate with which site-link of a site dials the gateways; its common name is the
     * name of the site.
     * @param {string} site
     */
    certificateForSite(site) {
      return issueOnce(`site-${site}`, site, ['extendedKeyUsage=clientAuth']);
    },
  };

  /**
   * Issues a certificate again when its extensions have changed or it is about to expire.
   * @param {string} name of its files
   * @param {string} commonName
   * @param {string[]} extensions
   */
  function issueOnce(name, commonName, extensions) {
    certificate();
    const key = readOrCreate(at(`${name}-key.pem`), newKey);
    const path = at(`${name}.pem`);
    const extensionsPath = at(`${name}-extensions`);
    const text = extensions.join('\n');
    const unchanged = stored(extensionsPath) === text && isValidForLong(path);
    if (!unchanged) {
      replaceFileSync(path, `${issue(name, commonName, text)}\n`, 0o400);
      replaceFileSync(extensionsPath, `${text}\n`, 0o400);
    }
    return { certificate: stored(path), key };
  }

  /** @param {string} name @param {string} commonName @param {string} text */
  function issue(name, commonName, text) {
    const work = mkdtempSync(join(tmpdir(), 'sky-scan-tls-'));
    try {
      const [request = '', extensions = ''] = ['request.pem', 'extensions'].map((name) => join(work, name));
      const key = ['-key', at(`${name}-key.pem`)];
      writeFileSync(request, openssl(['req', '-new', ...key, '-subj', `/CN=${commonName}`]));
      writeFileSync(extensions, `${text}\nbasicConstraints=CA:FALSE\n`);
      const by = [
        '-CA',
        at('ca.pem'),
        '-CAkey',
        at('ca-key.pem'),
        '-CAcreateserial',
        '-CAserial',
        join(work, 'serial'),
      ];
      const days = ['-days', String(CERTIFICATE_DAYS), '-extfile', extensions];
      return openssl(['x509', '-req', '-in', request, ...by, ...days]);
    } finally {
      rmSync(work, { recursive: true });
    }
  }
}

function newKey() {
  return openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:prime256v1']);
}

/** @param {string} path */
function stored(path) {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

/** @param {string} path */
function isValidForLong(path) {
  try {
    openssl(['x509', '-in', path, '-noout', '-checkend', String(RENEW_SECONDS)]);
    return true;
  } catch {
    return false;
  }
}

/** @param {string[]} args */
function openssl(args) {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
