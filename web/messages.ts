/**
 * The sentences of the pages, by key, in the reader's language. A catalogue is JSON as i18next writes it: a group is a
 * file, `{{name}}` is a parameter, and `_one`, `_other` … are the plural forms of a message with a `count`. Used by the
 * server and in the browser.
 */
export type Catalogue = Readonly<Record<string, Readonly<Record<string, string>>>>;
/** A value with toHTML is markup already, as Handlebars has it; all others are text. */
type Markup = { toHTML(): string };
export type Parameters = Readonly<Record<string, string | number | Markup>>;
export type Translate<Key extends string = string> = (key: Key, parameters?: Parameters) => string;

/** Methods, so that a language of known keys also serves views, whose keys are text: tests check those. */
export type Language<Key extends string = string> = {
  /** For <html lang>: "en" */
  code: string;
  /** The message as text. */
  t(key: Key, parameters?: Parameters): string;
  /** The message as HTML: its own few elements stay, everything else is escaped. */
  rich(key: Key, parameters?: Parameters): string;
  /** A word of a fixed set, such as a state; null: the catalogue has none for it. */
  word(set: string, value: string): string | null;
  /** "3 days ago"; the future of a wrong clock counts as now. */
  ago(instant: string, nowMs: number): string;
  /** "2026-11-03" → "3 Nov" */
  day(day: string): string;
};

/** Elements that a message may contain. `<a>` leads to the parameter `href`. */
const ELEMENT = /(<\/?(?:strong|em|code|kbd|a)>)/;
const PARAMETER = /\{\{(\w+)\}\}/g;
const DAY_MS = 86_400_000;
const STEPS = [
  ['year', 365.25 * DAY_MS],
  ['month', 30.4375 * DAY_MS],
  ['day', DAY_MS],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** @param locale how numbers and dates are written, where that says more than the language */
export function createLanguage<Key extends string>(
  code: string,
  catalogue: Catalogue,
  locale = code,
): Language<Key> {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  const elapsed = new Intl.RelativeTimeFormat(locale);
  const days = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

  function find(key: string, count?: unknown): string | undefined {
    const at = key.indexOf('.');
    const group = catalogue[key.slice(0, at)];
    const name = key.slice(at + 1);
    if (typeof count !== 'number') return group?.[name];
    return group?.[`${name}_${plurals.select(count)}`] ?? group?.[`${name}_other`] ?? group?.[name];
  }

  const textOf = (value: Parameters[string] | undefined): string =>
    typeof value === 'number' ? numbers.format(value) : String(value ?? '');

  // A key without a message does not pass the tests; where one slips through, a reader sees it instead of an error.
  const t = (key: string, parameters: Parameters = {}): string =>
    (find(key, parameters['count']) ?? key).replace(PARAMETER, (_, name: string) => textOf(parameters[name]));

  function rich(key: string, parameters: Parameters = {}): string {
    const html = (name: string): string => {
      const value = parameters[name];
      return typeof value === 'object' ? value.toHTML() : escapeHtml(textOf(value));
    };
    const message = find(key, parameters['count']) ?? key;
    return message
      .split(ELEMENT)
      .map((part) => {
        if (part === '<a>') return `<a href="${html('href')}">`;
        return ELEMENT.test(part)
          ? part
          : escapeHtml(part).replace(PARAMETER, (_, name: string) => html(name));
      })
      .join('');
  }

  function ago(instant: string, nowMs: number): string {
    const elapsedMs = nowMs - Date.parse(instant);
    for (const [unit, unitMs] of STEPS) {
      const count = Math.floor(elapsedMs / unitMs);
      if (count >= 1) return elapsed.format(-count, unit);
    }
    return t('live.justNow');
  }

  return {
    code,
    t,
    rich,
    word: (set, value) => find(`live.${set}-${value}`) ?? null,
    ago,
    day: (day) => days.format(new Date(`${day}T00:00Z`)),
  };
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (unit) => ENTITIES[unit] ?? unit);
