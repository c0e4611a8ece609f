/**
 * Which plain words of a YAML file are numbers and booleans, and how Python prints them. INGInious reads with
 * PyYAML, whose rules are YAML 1.1's with changes of its own: "y" and "1e3" are texts, "010" is 8, "08" is a text.
 * Source: PyYAML's documentation of tags, and its behaviour (6.0).
 */
import type { ScalarTag } from 'yaml';

const BOOL = 'tag:yaml.org,2002:bool';
const INT = 'tag:yaml.org,2002:int';
const FLOAT = 'tag:yaml.org,2002:float';

const INTEGER = /^[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$/;
/** An exponent needs a point before it and a sign of its own. */
const DECIMAL = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)$/;
const NO_NUMBER = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
/** "1:30" is 90, and "1:30.5" is 90.5: for hours or degrees, in units of sixty. */
const SIXTIES = /^(?:[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)$/;

/** Replaces the `yaml` package's own tags. Times and dates are texts here: few who write 10:30 mean 630. */
export const PYTHON_WORDS: ScalarTag[] = [
  { tag: BOOL, default: true, test: /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/, resolve: () => true },
  { tag: BOOL, default: true, test: /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/, resolve: () => false },
  { tag: INT, default: true, test: INTEGER, resolve: (text) => integer(text) ?? text },
  { tag: FLOAT, default: true, test: DECIMAL, resolve: (text) => Number(text.replaceAll('_', '')) },
  { tag: FLOAT, default: true, test: NO_NUMBER, resolve: infinite },
];
const REPLACED = new Set([BOOL, INT, FLOAT, 'tag:yaml.org,2002:timestamp']);
export const isReplaced = (tag: string): boolean => REPLACED.has(tag);

/** The digits as BigInt reads them: "0o10" for 010; null: only "_", no digits. */
function exactly(text: string): bigint | null {
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '').toLowerCase();
  const written = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  if (!/^(?:0b[01]+|0o[0-7]+|0x[0-9a-f]+|\d+)$/.test(written)) return null;
  const size = BigInt(written);
  return text.startsWith('-') ? -size : size;
}

function integer(text: string): number | null {
  const value = exactly(text);
  return value === null ? null : Number(value);
}

function infinite(text: string): number {
  if (/nan$/i.test(text)) return Number.NaN;
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** null: not a number in units of sixty. */
export function sixties(text: string): number | null {
  if (!SIXTIES.test(text)) return null;
  const places = text.replace(/^[-+]/, '').replaceAll('_', '').split(':').map(Number);
  const size = places.reduce((sum, place) => sum * 60 + place, 0);
  return text.startsWith('-') ? 0 - size : size;
}

/** Python's str() of a plain word that PyYAML reads as a number; null for any other word. */
export function printedNumber(plain: string): string | null {
  const whole = INTEGER.test(plain) ? exactly(plain) : null;
  if (whole !== null) return String(whole);
  if (DECIMAL.test(plain)) return printedFloat(Number(plain.replaceAll('_', '')));
  if (NO_NUMBER.test(plain)) return printedFloat(infinite(plain));
  const inSixties = sixties(plain);
  if (inSixties === null) return null;
  return plain.includes('.') ? printedFloat(inSixties) : String(inSixties);
}

/** The shortest digits, as in JavaScript, but with exponents from 1e-05 down and from 1e+16 up. */
function printedFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  const plain = Object.is(value, -0) ? '-0' : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}
