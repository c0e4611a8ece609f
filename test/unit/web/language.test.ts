import { describe, expect, test } from 'vitest';
import { createLanguage } from '../../../web/messages.ts';

const french = createLanguage(
  'fr',
  {
    a: {
      hello: 'Bonjour {{name}}',
      tasks_one: '{{count}} tâche',
      tasks_other: '{{count}} tâches',
      join: 'Ouvrez <a>{{course}}</a> & <strong>{{course}}</strong><script>',
    },
    live: { 'state-done': 'Fini', justNow: "à l'instant" },
  },
  'fr-BE',
);

describe('a message', () => {
  test('has its parameters put in, as they are', () => {
    expect(french.t('a.hello', { name: '<b>{{name}}</b> $& $1' })).toBe('Bonjour <b>{{name}}</b> $& $1');
  });

  test('has the plural form and the numbers of its language', () => {
    expect(french.t('a.tasks', { count: 0 })).toBe('0 tâche');
    expect(french.t('a.tasks', { count: 2 })).toBe('2 tâches');
    expect(french.t('a.tasks', { count: 12_345.5 })).toBe(
      `${new Intl.NumberFormat('fr-BE').format(12_345.5)} tâches`,
    );
  });

  test('that is missing shows as its key', () => {
    expect(french.t('a.nothing')).toBe('a.nothing');
    expect(french.word('state', 'gone')).toBeNull();
    expect(french.word('state', 'done')).toBe('Fini');
  });

  test('as HTML keeps its own few elements, and escapes everything else', () => {
    expect(french.rich('a.join', { course: '<a href="x">', href: '"><script>' })).toBe(
      'Ouvrez <a href="&quot;&gt;&lt;script&gt;">&lt;a href=&quot;x&quot;&gt;</a> &amp; ' +
        '<strong>&lt;a href=&quot;x&quot;&gt;</strong>&lt;script&gt;',
    );
  });

  test('as HTML takes markup that was made as such', () => {
    expect(french.rich('a.hello', { name: { toHTML: () => '<time>1</time>' } })).toBe(
      'Bonjour <time>1</time>',
    );
  });
});

describe('a language', () => {
  const now = Date.parse('2026-11-20T10:00:00Z');

  test('says how long ago something was', () => {
    expect(french.ago('2026-11-17T09:00:00Z', now)).toBe('il y a 3 jours');
    expect(french.ago('2026-11-20T09:59:30Z', now)).toBe("à l'instant");
    expect(french.ago('2027-01-01T00:00:00Z', now)).toBe("à l'instant");
  });

  test('writes a day', () => {
    expect(french.day('2026-11-03')).toBe('3 nov.');
  });
});
