/** Codes of an authenticator app: RFC 6238 (SHA-1, 30 s, 6 digits, which every app knows), secrets in base32 (RFC 4648). */
import { createHmac, timingSafeEqual } from 'node:crypto';

const STEP_S = 30;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 4226, 5.3 */
export function codeAt(secret: string, step: number, digits = 6): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

export const stepAt = (nowMs: number): number => Math.floor(nowMs / 1000 / STEP_S);

/** @returns the step of the code, one earlier or later than now for clocks that differ; null: it is none of them */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  const now = stepAt(nowMs);
  const fits = (step: number) => timingSafeEqual(Buffer.from(codeAt(secret, step)), Buffer.from(code));
  if (!/^\d{6}$/.test(code)) return null;
  return [now, now - 1, now + 1].find((step) => step >= 0 && fits(step)) ?? null;
}

/** What an app reads as a QR code or a link. */
export const otpauth = (secret: string, name: string, host: string): string =>
  `otpauth://totp/${encodeURIComponent(`Gradeport ${host}`)}:${encodeURIComponent(name)}?secret=${secret}&issuer=${encodeURIComponent(`Gradeport ${host}`)}`;
