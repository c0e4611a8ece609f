// What goes wrong between two that do not agree about TLS.
import { expiredSince } from './tls-files.mjs';

/** @typedef {import('./choose-address.mjs').EngineAddress} EngineAddress */
/** @typedef {import('./parse-place.mjs').TcpPlace} TcpPlace */
/** @typedef {[what: string, next: string]} Fault */

const OTHER_AUTHORITY =
  /UNABLE_TO_(VERIFY|GET_ISSUER)|SELF_SIGNED_CERT|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA/;
const REFUSED =
  /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED_CERT)/;
const NO_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|RECORD_LAYER/;

/** @param {EngineAddress} address */
const withTls = ({ origin }) =>
  origin === 'context'
    ? 'Make the context again with ca, cert and key: docker context create --help'
    : 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with its certificates.';

/** @param {EngineAddress} address */
const withoutTls = ({ origin }) =>
  origin === 'context'
    ? 'Let the engine use TLS, or make the context again without certificates: docker context create --help'
    : 'Let the engine use TLS, or address it without: unset DOCKER_TLS_VERIFY DOCKER_TLS';

/**
 * @param {EngineAddress} address
 * @param {TcpPlace} place
 * @param {string} code
 * @param {Error} error
 * @returns {Fault | null} null: it is not about TLS
 */
export function tlsFault(address, { host, tls }, code, error) {
  const { shown, from } = address;
  const at = `${shown} (${from})`;
  if (tls === null) {
    // Go's own words in an answer of status 400; others answer with what is no HTTP.
    const speaksTls = code.startsWith('HPE_') || /HTTP request to an HTTPS server/.test(error.message);
    if (speaksTls) return [`${at} expects TLS`, withTls(address)];
    const closed = code === 'ECONNRESET' || code === 'EPIPE';
    return closed ? [`${at} closed the connection; it may expect TLS`, withTls(address)] : null;
  }
  const { folder, cert } = tls;
  if (NO_TLS.test(code) || /wrong version number|packet length too long/.test(error.message)) {
    return [`${at} speaks no TLS`, withoutTls(address)];
  }
  if (code === 'CERT_HAS_EXPIRED')
    return [`the certificate of ${at} has expired`, 'Give the engine a new one.'];
  if (code === 'CERT_NOT_YET_VALID') {
    return [`the certificate of ${at} is not valid yet`, "Compare this machine's clock with the engine's."];
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      `the certificate of ${at} is not for ${host}`,
      'Use a name that is in the certificate, or renew it.',
    ];
  }
  if (OTHER_AUTHORITY.test(code)) {
    const next = `Put the authority that signed it there as ca.pem: ${folder}`;
    return [`the certificate of ${at} was signed by another authority than ca.pem has`, next];
  }
  // Some servers say why, others only close the connection.
  if (!REFUSED.test(code) && code !== 'ECONNRESET' && code !== 'EPIPE') return null;
  if (cert === null) return [`${at} wants a client certificate`, `Put cert.pem and key.pem into ${folder}.`];
  const expired = expiredSince(cert);
  return expired === null
    ? [
        `${at} refused the client certificate, or closed the connection`,
        `Let its authority sign ${folder}/cert.pem.`,
      ]
    : [`${at} refused the client certificate: it expired on ${expired}`, `Renew ${folder}/cert.pem.`];
}
