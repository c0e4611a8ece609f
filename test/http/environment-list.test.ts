import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { environment, environmentsOf, sharedHouse } from '../support/http/house.ts';
import { sampleRun } from '../support/store/samples.ts';

const house = await sharedHouse();
const cpp = {
  ...environment,
  name: 'cpp',
  title: 'C++',
  languages: ['c', 'cpp'],
  runtime: 'crun',
  aliases: [],
};
const broken = {
  ...environment,
  name: 'broken',
  title: 'Broken',
  runtime: null,
  available: false,
  aliases: [],
};
const app = createApp({ ...house.deps, environments: environmentsOf([broken, cpp, environment]).catalogue });
const { cookie } = await house.person('eve', 'student');

const get = (path: string, cookies = cookie) => request(app).get(path).set('Cookie', cookies);
const names = (html: string) => [...html.matchAll(/data-name="(\w+)"/g)].map(([, name]) => name);

describe('the list of environments', () => {
  test('is cards, or a table by its address, and the choice is kept by the browser', async () => {
    const cards = await get('/environments').expect(200);
    expect(cards.text).toContain('<ul class="cards" id="environments">');
    expect(cards.headers['set-cookie']).toBeUndefined();
    const table = await get('/environments?view=table').expect(200);
    expect(table.text).toContain('<tbody id="environments">');
    expect(table.text).toContain('data-view="table" aria-current="true"');
    const [kept = ''] = table.get('Set-Cookie') ?? [];
    expect(kept).toMatch(/^gradeport_environments=table; .*HttpOnly; SameSite=Lax$/);
    const again = await get('/environments', `${cookie}; ${kept.split(';')[0]}`).expect(200);
    expect(again.text).toContain('<tbody id="environments">');
    const back = await get('/environments?view=cards', `${cookie}; ${kept.split(';')[0]}`).expect(200);
    expect(back.text).toContain('<ul class="cards" id="environments">');
  });

  test.each([
    ['text=C%2B%2B', ['cpp']],
    ['text=gradeport+default', ['broken', 'cpp', 'default']],
    ['language=python', ['broken', 'default']],
    ['language=c&runtime=crun', ['cpp']],
    ['runtime=runc', ['default']],
    ['state=unavailable', ['broken']],
    ['state=available', ['cpp', 'default']],
    ['state=available&text=nothing', []],
  ])('is filtered by its address without any script: %s', async (query, wanted) => {
    for (const view of ['cards', 'table']) {
      const page = await get(`/environments?view=${view}&${query}`).expect(200);
      expect(names(page.text)).toEqual(wanted);
      expect(page.text).toContain(wanted.length === 3 ? '>3 in all<' : `>${wanted.length} of 3<`);
      expect(page.text).not.toMatch(/id="no-environments">/);
    }
  });

  test('keeps what was chosen in the form and in the links to the other view, escaped', async () => {
    const { text } = await get('/environments?text=%22%3E%3Cb%3E&language=c').expect(200);
    expect(text).toContain('value="&quot;&gt;&lt;b&gt;"');
    expect(text).toContain('<option value="c" selected>c</option>');
    expect(text).toContain(
      'href="/environments?view&#x3D;table&amp;text&#x3D;%22%3E%3Cb%3E&amp;language&#x3D;c"',
    );
  });

  test.each(['view=map', 'text=a&text=b', `text=${'x'.repeat(300)}`, 'state=%00', 'view=table&view=cards'])(
    'takes %s for nothing said, or nothing found',
    async (query) => {
      await get(`/environments?${query}`).expect(200);
    },
  );
});

describe('an update that is held back', () => {
  const update = {
    digest: `sha256:${'cd'.repeat(32)}`,
    image: 'local/c:latest',
    state: 'held' as const,
    tested: { at: environment.created, runtime: 'runc', passed: false, cases: 3, failed: 1 },
  };
  const held = {
    ...environment,
    digest: update.digest,
    runtime: null,
    available: false,
    aliases: [],
    revision: 'held' as const,
    reason: 'To have it grade anyway: gradeport env promote',
  };
  const broken = {
    ...environment,
    digest: 'sha256:ee',
    image: 'local/broken:1',
    runtime: null,
    available: false,
    aliases: [],
    reason: 'Its label grading.agent_version is wrong.',
  };
  const grades = { ...environment, update, lost: [{ name: 'x', reason: 'Change a label.' }] };
  const updates = {
    known: () => [
      {
        image: environment.image,
        names: [],
        bases: [],
        how: 'rebuild' as const,
        why: 'Its base changes.',
        id: grades.digest,
      },
    ],
  };
  let readers = 0;
  const see = async (role: 'student' | 'teacher' | null, path: string) => {
    const { catalogue } = environmentsOf([grades, held, broken]);
    const deps = { ...house.deps, environments: catalogue, updates: { ...house.deps.updates, ...updates } };
    const who = await house.person(`reader-${readers++}`, role, role === null);
    return request(createApp(deps)).get(path).set('Cookie', who.cookie).expect(200);
  };

  test('is shown to teachers on the card of what grades, with a link to why, and no card of its own', async () => {
    for (const view of ['cards', 'table']) {
      const { text } = await see('teacher', `/environments?view=${view}`);
      expect(names(text)).toEqual(['default']);
      expect(text).toContain('Update held back: 1 of 3 samples changed, <a');
      expect(text).toMatch(/href="\/environments\/default#revision-cdcdcdcdcdcd">see why</);
      expect(text).toContain('local/broken:1, cannot be used: Its label grading.agent_version is wrong.');
      expect(text).not.toContain('env promote');
      expect(text).not.toContain('Outdated');
    }
  });

  test('is nothing that students see: not on the card, not on the page, not over the API', async () => {
    for (const path of ['/environments', '/environments/default']) {
      const { text } = await see('student', path);
      expect(text).not.toMatch(
        /held back|env promote|Change a label|local\/broken|Outdated|bad">Unavailable/,
      );
    }
    const { body } = await see('student', '/api/environments');
    expect(body).toMatchObject([{ digest: environment.digest, update: null, lost: [] }]);
    expect(body).toHaveLength(1);
  });

  test('stands beside "Outdated" for operators, as far as somebody asked the registries', async () => {
    for (const path of ['/environments', '/environments?view=table', '/environments/default']) {
      const { text } = await see(null, path);
      expect(text).toContain('Update held back');
      expect(text).toContain('Outdated');
    }
    expect((await see(null, '/environments/default')).text).toContain('Its base changes.');
    // Somebody built it anew by hand, and was not asked about it.
    const [step] = updates.known();
    updates.known = () => (step ? [{ ...step, id: 'sha256:before' }] : []);
    expect((await see(null, '/environments')).text).not.toContain('Outdated');
  });
});

describe('an environment that is called as a page', () => {
  test.each(['new', 'get', 'Updates'])('still has one: %s', async (name) => {
    const own = createApp({
      ...house.deps,
      environments: environmentsOf([{ ...environment, name, title: 'Called so' }]).catalogue,
    });
    const list = await request(own).get('/environments').set('Cookie', cookie).expect(200);
    const [, href = ''] = /class="card-link" href="([^"]+)"/.exec(list.text) ?? [];
    const page = await request(own).get(href).set('Cookie', cookie).expect(200);
    expect(page.text).toContain(`<code>${name}</code>`);
  });
});

describe('the page of an environment', () => {
  test('says who programs are in it, and that it was not used yet', async () => {
    const { text } = await get('/environments/cpp').expect(200);
    expect(text).toContain('User 4242');
    expect(text).toContain('No runs yet.');
    expect(text).not.toContain('<svg class="plot"');
  });

  test('plots its use, and says the same as a table; programs get the numbers', async () => {
    const at = new Date(house.time.now).toISOString();
    const doneAt = new Date(house.time.now + 1500).toISOString();
    const by = { name: 'default', image: null, digest: null, runtime: 'runc', reason: '' };
    await house.store.runs.insert(
      sampleRun('plotted', { state: 'done', queuedAt: at, doneAt, environment: by }),
    );
    const { text } = await get('/environments/python3').expect(200);
    expect(text.match(/<svg class="plot"/g)).toHaveLength(2);
    expect(text).toContain('<th scope="row">2026-11-20</th><td>1</td><td>1.5 s</td><td>1.5 s</td>');
    const { body } = await get('/api/environments/default/use').expect(200);
    expect(body).toHaveLength(30);
    expect(body.at(-1)).toEqual({ day: '2026-11-20', runs: 1, medianMs: 1500, p95Ms: 1500 });
    await request(app).get('/api/environments/default/use').expect(401);
  });
});

test('operators read what the last start could not build, where its log is and what tries again; others do not', async () => {
  const one = {
    name: 'c',
    why: 'Step <2> failed.',
    log: '/data/build-logs/c.log',
    command: 'npx gradeport env build c',
  };
  const failing = createApp({ ...house.deps, unbuilt: async () => [one] });
  const root = await house.person('root-of-builds', null, true);
  const page = (cookies: string) => request(failing).get('/environments').set('Cookie', cookies).expect(200);
  const { text } = await page(root.cookie);
  expect(text).toContain(
    'could not build environment c. Step &lt;2&gt; failed. Its log: /data/build-logs/c.log.',
  );
  expect(text).toContain('<code>npx gradeport env build c</code>');
  expect((await page(cookie)).text).not.toContain('build-logs');
});
