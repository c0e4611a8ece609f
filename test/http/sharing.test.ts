import request from 'supertest';
import { afterAll, describe, expect, test } from 'vitest';
import { openFakeRegistry } from '../support/fake-registry.ts';
import { sharedHouse } from '../support/http/house.ts';

const LABELS = { 'org.gradeport.grading.name': 'lua', 'org.gradeport.grading.title': 'Lua <b>5</b>' };
const PASSWORD = 'correct horse battery';
const registry = await openFakeRegistry();
afterAll(() => registry.close());
registry.publish('lua', '1', LABELS);
registry.publish('plain', '1', {});
const house = await sharedHouse();
const olga = await house.person('olga', null, true);
const ada = await house.person('ada', 'teacher');

const get = (path: string, who = olga) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = olga) => request(house.app).post(path).set('Cookie', who.cookie);
const lookAt = (rest: string) =>
  `/environments/get?reference=${encodeURIComponent(`${registry.host}/${rest}`)}`;

describe('getting an environment', () => {
  test('shows what it is before it is pulled, with everything from the registry as text', async () => {
    const { text } = await get(lookAt('lua:1')).expect(200);
    expect(text).toContain('Lua &lt;b&gt;5&lt;/b&gt;');
    expect(text).toContain('Can grade here');
    expect(text).toContain('1.21 KiB in 2 layers');
    expect(text).toContain('Pull it');
    expect(text).not.toContain('to build on');
  });

  test('says what is not an environment, and asks whether it is wanted anyway', async () => {
    const { text } = await get(lookAt('plain:1')).expect(200);
    expect(text).toContain('Not an environment');
    expect(text).toContain('Pull it anyway');
  });

  test('says in the page what went wrong, and keeps what was typed', async () => {
    const { text } = await get(lookAt('nothing:1')).expect(404);
    expect(text).toContain('role="alert"');
    expect(text).toContain(`value="${registry.host}/nothing:1"`);
    await get('/environments/get?reference=No%20Name').expect(400);
  });

  test('asks no registry because of a link on another site', async () => {
    const before = registry.asked.length;
    const { text } = await get(lookAt('lua:1')).set('Sec-Fetch-Site', 'cross-site').expect(200);
    expect(text).not.toContain('Pull it');
    expect(text).toContain(`value="${registry.host}/lua:1"`);
    for (const path of ['look?reference=', 'search?q=', 'outdated?', 'updates?']) {
      const asking = `/api/images/${path}${encodeURIComponent(`${registry.host}/lua:1`)}`;
      await get(asking).set('Sec-Fetch-Site', 'cross-site').expect(403);
    }
    expect(registry.asked.length).toBe(before);
  });

  test('is a job, for pages and for programs', async () => {
    const reference = `${registry.host}/lua:1`;
    const page = await post('/environments/get').type('form').send({ reference }).expect(303);
    expect(page.headers['location']).toMatch(/^\/jobs\//);
    const { body } = await post('/api/images/pull').send({ reference }).expect(202);
    const job = house.jobs.get(body.job);
    expect(job).toMatchObject({ kind: 'pull', by: 'olga', title: `Pull ${reference}` });
  });

  test('finds images, and says how far each is to be trusted', async () => {
    const { text } = await get('/environments/get?q=lua').expect(200);
    expect(text).toContain('Official image');
    expect(text).toContain('&lt;script&gt;');
    expect(text).not.toContain('not a name');
    const { body } = await get('/api/images/search?q=lua').expect(200);
    expect(body).toMatchObject([
      { name: 'lua', trust: ['official'], refused: null },
      { name: 'somebody/lua' },
    ]);
  });

  test('and all about registries is for operators', async () => {
    for (const path of ['/environments/get', '/registries', '/api/registries', '/api/images/outdated']) {
      await get(path, ada).expect(403);
    }
    const some = { reference: `${registry.host}/lua:1` };
    await post('/api/images/pull', ada).send(some).expect(403);
    await post('/environments/get', ada).type('form').send(some).expect(403);
    await post('/environments/default/update', ada).expect(403);
    await post('/registries', ada).type('form').send({ host: 'a.b', user: 'c', password: 'd' }).expect(403);
    await request(house.app).get('/environments/get').expect(303);
  });
});

describe('a registry', () => {
  test('is kept with its password, which no answer has', async () => {
    const login = { host: 'r.example.org', user: 'ann', password: PASSWORD };
    await post('/registries').type('form').send(login).expect(303).expect('Location', '/registries');
    const page = await get('/registries').expect(200);
    expect(page.text).toContain('r.example.org');
    expect(page.text).toContain('as ann');
    const { body } = await get('/api/registries').expect(200);
    expect(body).toMatchObject([{ host: 'r.example.org', user: 'ann', by: 'olga' }]);
    expect(page.text + JSON.stringify(body)).not.toContain(PASSWORD);
    expect(await house.deps.credentials.login('r.example.org')).toEqual({ user: 'ann', password: PASSWORD });
    await post('/registries/forget').type('form').send({ host: 'r.example.org' }).expect(303);
    expect(await house.deps.credentials.login('r.example.org')).toBeNull();
  });

  test('that is none is refused in the form, without the password in it', async () => {
    const login = { host: 'https://r.example.org/', user: 'ann', password: PASSWORD };
    const { text } = await post('/registries').type('form').send(login).expect(400);
    expect(text).toContain('is not a registry');
    expect(text).toContain('value="ann"');
    expect(text).not.toContain(PASSWORD);
  });

  test('is kept and forgotten by programs, too', async () => {
    await post('/api/registries')
      .send({ host: 'p.example.org', user: 'ann', password: PASSWORD })
      .expect(201);
    await request(house.app).delete('/api/registries/p.example.org').set('Cookie', olga.cookie).expect(204);
    await request(house.app).delete('/api/registries/p.example.org').set('Cookie', olga.cookie).expect(404);
  });
});

describe('an update', () => {
  test('is shown as steps, only when somebody asks the registries', async () => {
    const quiet = await get('/environments/updates').expect(200);
    expect(quiet.text).not.toContain('r.example.org/base:1');
    const foreign = await get('/environments/updates?ask=yes')
      .set('Sec-Fetch-Site', 'cross-site')
      .expect(200);
    expect(foreign.text).not.toContain('r.example.org/base:1');
    const { text } = await get('/environments/updates?ask=yes').expect(200);
    expect(text).toContain('Pull r.example.org/base:1');
    expect(text).toContain('&lt;i&gt;another&lt;/i&gt;');
    expect(text).toContain('action="/environments/lua/update"');
    expect(text).toContain('away.example.org/x:1');
    await get('/environments/updates?ask=yes', ada).expect(403);
  });

  test('is shown on the page of the environment once it is known', async () => {
    const { text } = await get('/environments/default').expect(200);
    expect(text).toContain('Update available: Its &lt;b&gt;Dockerfile&lt;/b&gt; has changed.');
    expect(text).toContain('action="/environments/default/update"');
    const { text: forOthers } = await get('/environments/default', ada);
    expect(forOthers).not.toMatch(/Update available|default\/update/);
  });

  test('is a job of the environment, or of all', async () => {
    await post('/environments/default/update').expect(303);
    const { body } = await post('/api/images/update').send({ names: null }).expect(202);
    expect(house.jobs.get(body.job)).toMatchObject({ kind: 'update', title: 'Update all' });
  });
});

describe('how an image was made', () => {
  test('is on its page as a Dockerfile has it, for those who may build', async () => {
    const { text } = await get('/environments/default', ada).expect(200);
    expect(text).toContain('Made in 3 steps');
    expect(text).toContain('<code>LABEL a &lt;b&gt;</code>');
    expect(text).toContain('<code>RUN apt-get update</code>');
    expect(text).toContain('<code>Imported</code>');
    const stu = await house.person('stu', 'student');
    expect((await get('/environments/default', stu).expect(200)).text).not.toContain('apt-get');
  });
});
