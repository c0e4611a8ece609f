// The certificates and the key of an engine's address, read and compared before they are used.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { AddressFault } from './address-fault.mjs';
import { readSmall } from './bounded-file.mjs';

/** @typedef {import('./parse-place.mjs').Tls} Tls */

const CERTIFICATES = 'Put ca.pem, cert.pem and key.pem of that engine there: docs/machines.md.';

/**
 * @param {string} folder with ca.pem, cert.pem and key.pem, as Docker's command line has them
 * @param {boolean} verify
 * @returns {Tls}
 */
export function readTls(folder, verify) {
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readSmall(join(folder, name)));
  if (ca) parse(join(folder, 'ca.pem'), 'certificate', () => new X509Certificate(ca));
  if (cert && key) checkPair(folder, cert, key);
  else if (cert || key) {
    const [there, lacks] = cert ? ['cert.pem', 'key.pem'] : ['key.pem', 'cert.pem'];
    throw new AddressFault(`${folder} has ${there}, but no ${lacks}.`, CERTIFICATES);
  }
  return { folder, ca: ca ?? null, cert: cert ?? null, key: key ?? null, verify };
}

/**
 * @param {string} folder
 * @param {string} cert
 * @param {string} key
 */
function checkPair(folder, cert, key) {
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  if (/^-----BEGIN ENCRYPTED|^Proc-Type: .*ENCRYPTED/m.test(key)) {
    throw new AddressFault(
      `${keyFile} needs a passphrase, which Gradeport cannot enter.`,
      'Keep a key without one there, for this user only (mode 600).',
    );
  }
  const certificate = parse(certFile, 'certificate', () => new X509Certificate(cert));
  const privateKey = parse(keyFile, 'key', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new AddressFault(`${keyFile} does not belong to ${certFile}.`, CERTIFICATES);
  }
}

/**
 * @template T
 * @param {string} path
 * @param {string} what
 * @param {() => T} read
 * @returns {T}
 */
function parse(path, what, read) {
  try {
    return read();
  } catch {
    // The cause is left out: some versions of OpenSSL quote what they read.
    throw new AddressFault(`${path} is no ${what} in PEM form.`, CERTIFICATES);
  }
}

/**
 * @param {string | null} certificate
 * @param {number} nowMs
 * @returns {string | null} since when it is not valid any more; null: it is
 */
export function expiredSince(certificate, nowMs = Date.now()) {
  if (certificate === null) return null;
  const { validTo } = new X509Certificate(certificate);
  return Date.parse(validTo) < nowMs ? new Date(validTo).toISOString().slice(0, 10) : null;
}
