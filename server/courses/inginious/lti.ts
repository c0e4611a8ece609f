/** INGInious' "lti" keys of course.yaml: the learning platforms that students come from, each with a secret. */
import { z } from 'zod';
import type { FileProblemReport, Lti } from '../task.ts';
import { flag, text } from '../yaml/values.ts';
import type { YamlFile } from '../yaml/yaml-file.ts';

export type LtiReading = { lti: Lti | null; notices: FileProblemReport[] };

const MAX_KEY_CHARACTERS = 255;
const keysSchema = z.record(z.string(), z.unknown());

/** An error here disables launches, but nothing else of the course. No message quotes a value: some are secret. */
export function readLti(yaml: YamlFile, written: Record<string, unknown>): LtiReading {
  const notices: FileProblemReport[] = [];
  const say = (path: string[], sentence: string): void => {
    notices.push(yaml.fault(path, `${path.join('.')}: ${sentence}`));
  };
  const isLti = readFlag(written, 'is_lti', say);
  if (!isLti) return { lti: null, notices };
  const secrets = readKeys(yaml, written, say);
  const url = text('').safeParse(written['lti_url']).data ?? '';
  if (url !== '' && !isWebAddress(url))
    say(['lti_url'], 'expected an address that begins with https:// or http://');
  const sendBackGrade = readFlag(written, 'lti_send_back_grade', say);
  return { lti: unpackLti({ url: isWebAddress(url) ? url : null, sendBackGrade, secrets }), notices };
}

/** The platforms of a course as plain data, to be sent between threads. */
export type PackedLti = Omit<Lti, 'secretOf'> & { secrets: ReadonlyMap<string, string> };

/** Secrets are behind a function, so that nothing that prints or sends a course has them by chance. */
const packed = new WeakMap<Lti, PackedLti>();

export function unpackLti(data: PackedLti): Lti {
  const { url, sendBackGrade, secrets } = data;
  const lti = { url, sendBackGrade, secretOf: (key: string) => secrets.get(key) ?? null };
  packed.set(lti, data);
  return lti;
}

export const packLti = (lti: Lti): PackedLti | null => packed.get(lti) ?? null;

type Say = (path: string[], sentence: string) => void;

function readFlag(written: Record<string, unknown>, key: string, say: Say): boolean {
  const read = flag(false).safeParse(written[key]);
  if (!read.success) say([key], 'expected true or false');
  return read.data ?? false;
}

function readKeys(yaml: YamlFile, written: Record<string, unknown>, say: Say): Map<string, string> {
  const place = 'lti_keys';
  const read = keysSchema.safeParse(written[place] ?? {});
  const secrets = new Map<string, string>();
  for (const [key, value] of Object.entries(read.data ?? {})) {
    const isText = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    // YAML reads 0123 without quotes as a number, which is not the secret that was agreed on.
    const secret = typeof value === 'string' ? value : (yaml.plain([place, key]) ?? '');
    if (!isText || secret === '' || key.length > MAX_KEY_CHARACTERS) {
      say([place, key.slice(0, 100)], 'expected a secret in quotes; launches with this key are refused');
    } else secrets.set(key, secret);
  }
  if (!read.success) say([place], 'expected a map of keys, each with its secret');
  else if (secrets.size === 0)
    say(
      ['is_lti'],
      'there is no key with a secret in lti_keys, so launches from learning platforms are refused',
    );
  return secrets;
}

const isWebAddress = (url: string): boolean => /^https?:\/\/\S+$/i.test(url) && URL.canParse(url);
