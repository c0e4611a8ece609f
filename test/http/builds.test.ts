/** The editor and its routes, over a builder that only remembers: who may build what, and what is refused. */
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { archive } from '../support/archive.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();
const ada = await house.person('ada', 'teacher');
const tess = await house.person('tess', 'teacher');
const stu = await house.person('stu', 'student');
const olga = await house.person('olga', null, true);

const get = (path: string, who = ada) => request(house.app).get(path).set('Cookie', who.cookie);
const post = (path: string, who = ada) => request(house.app).post(path).set('Cookie', who.cookie);
const lint = (body: object, who = ada) => post('/api/environments/lint', who).send(body);
const dockerfile = (name: string, more = '') =>
  `FROM gradeport/base\nLABEL org.gradeport.grading.name="${name}"\n${more}`;

const idOf = (location: unknown) => String(location).split('/').at(-1) ?? '';
const ended = (id: string) => expect.poll(() => house.jobs.get(id)?.endedAt ?? null).not.toBeNull();

describe('the editor', () => {
  test('begins with a template, and says what it will be', async () => {
    const page = await get('/environments/new').expect(200);
    expect(page.text).toContain('FROM gradeport/base');
    expect(page.text).toContain('<code>my-python</code>');
    expect(page.text).toContain('No problems found.');
    expect((await get('/environments/new?template=nonsense')).text).toContain('my-python');
  });

  test('is for teachers and operators', async () => {
    await get('/environments/new', stu).expect(403);
    await post('/environments/new', stu).field('dockerfile', dockerfile('x')).expect(403);
    await lint({ dockerfile: 'FROM x' }, stu).expect(403);
    await request(house.app).post('/api/environments/lint').send({ dockerfile: '' }).expect(401);
    await get('/environments/new', olga).expect(200);
    expect((await get('/environments', ada)).text).toContain('href="/environments/new"');
    expect((await get('/environments', stu)).text).not.toContain('href="/environments/new"');
  });

  test('answers what is wrong line by line, as text', async () => {
    const { body } = await lint({ dockerfile: 'FROM gradeport/base\nFORM <b>\n' }).expect(200);
    expect(
      body.messages.map(({ line, severity }: { line: number; severity: string }) => [line, severity]),
    ).toEqual([
      [1, 'error'],
      [2, 'error'],
    ]);
    expect(body).toMatchObject({ preview: null, summary: '2 errors.' });
    await lint({ dockerfile: 'x'.repeat(200_000) }).expect(400);
    await lint({ text: 'x' }).expect(400);
  });

  test('builds, and keeps what it was built from', async () => {
    const text = dockerfile('kept', 'RUN echo <b>hi</b>\n');
    const sent = await post('/environments/new')
      .field('dockerfile', text.replaceAll('\n', '\r\n'))
      .expect(303);
    const id = idOf(sent.headers['location']);
    await ended(id);
    expect(house.jobs.get(id)).toMatchObject({ state: 'done', by: 'ada', result: { environment: 'kept' } });
    expect(house.built.at(-1)).toMatchObject({ tag: 'local/kept', network: false });
    const edit = await get('/environments/kept/edit').expect(200);
    expect(edit.text).toContain('RUN echo &lt;b&gt;hi&lt;/b&gt;\n');
    expect(edit.text).toContain('name="from" value="kept/1"');
    expect((await get('/environments/kept/builds/1/log').expect(200)).headers['content-type']).toMatch(
      /^text\/plain/,
    );
    for (const who of [tess, stu]) {
      await get('/environments/kept/edit', who).expect(who === stu ? 403 : 404);
      await get('/environments/kept/builds/1/log', who).expect(404);
    }
    await get('/environments/kept/edit', olga).expect(200);
    await get('/environments/kept/edit?build=7').expect(404);
    await get('/environments/..%2Fkept/edit').expect(404);
  });

  test('builds again with the files of the build before, and another Dockerfile', async () => {
    const files = await archive(
      { name: 'Dockerfile', content: dockerfile('files', 'COPY a /a\n') },
      { name: 'a', content: 'A' },
    );
    const sent = await post('/environments/new').attach('archive', files, 'x.tar').expect(303);
    await ended(idOf(sent.headers['location']));
    const text = dockerfile('files', 'COPY a /b\n');
    const again = await post('/environments/new')
      .field('dockerfile', text)
      .field('from', 'files/1')
      .expect(303);
    await ended(idOf(again.headers['location']));
    const kept = await house.deps.builds.sources.files('files', 2);
    expect(kept?.get('a')?.content.toString()).toBe('A');
    expect(kept?.get('Dockerfile')?.content.toString()).toBe(text);
    await post('/environments/new', tess).field('dockerfile', text).field('from', 'files/1').expect(404);
    expect((await lint({ dockerfile: text, from: 'files/1' })).body.messages).toEqual([]);
    expect((await lint({ dockerfile: text })).body.messages[0].message).toContain('There is no "a"');
    expect((await lint({ dockerfile: text, archive: true })).body.messages).toEqual([]);
  });

  test('gives back what was typed with what is wrong, and builds nothing', async () => {
    const before = house.built.length;
    const text = `${dockerfile('wrong')}FORM </textarea><script>alert(1)</script>\n`;
    const page = await post('/environments/new').field('dockerfile', text).expect(422);
    expect(page.text).toContain('Not built. Fix the problems');
    expect(page.text).toContain('FORM &lt;/textarea&gt;');
    expect(page.text).not.toContain('<script>alert');
    expect(house.built).toHaveLength(before);
  });
});

describe('what is refused', () => {
  const refused = async (who: typeof ada, text: string) => {
    const { body } = await post('/api/environments/builds', who).field('dockerfile', text).expect(422);
    return body;
  };

  test('a name, or an alias, that grades for others already; operators may', async () => {
    expect((await refused(ada, dockerfile('default'))).refusal).toContain(
      '"default" is an environment here that you did not build',
    );
    const alias = dockerfile('other', 'LABEL org.gradeport.grading.aliases=python3\n');
    expect((await refused(ada, alias)).refusal).toContain('"python3"');
    const { body } = await post('/api/environments/builds', olga)
      .field('dockerfile', dockerfile('default'))
      .expect(202);
    await ended(body.job);
  });

  test('a name whose image is somebody’s base', async () => {
    for (const who of [ada, olga]) {
      expect((await refused(who, dockerfile('base'))).refusal).toContain('would be called local/base');
    }
  });

  test('an image whose labels say another name than its Dockerfile', async () => {
    house.says({ 'org.gradeport.grading.name': 'default' });
    const { body } = await post('/api/environments/builds')
      .field('dockerfile', dockerfile('honest'))
      .expect(202);
    await ended(body.job);
    house.says(null);
    expect(house.jobs.get(body.job)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('another name'),
    });
    expect((await house.deps.builds.sources.list('honest'))[0]).toMatchObject({
      state: 'failed',
      digest: null,
    });
  });

  test('a base that is not here, an address, and other ways to the network', async () => {
    for (const line of ['FROM nowhere:1', 'FROM gradeport/base\nADD http://x.invalid/a /a']) {
      const text = `${line}\nLABEL org.gradeport.grading.name="net"\n`;
      expect((await refused(ada, text)).messages[0].severity).toBe('error');
    }
  });

  test('an archive without a Dockerfile, of another kind, too large, or of another site', async () => {
    const send = (bytes: Buffer) => post('/api/environments/builds').attach('archive', bytes, 'x.tar');
    expect((await send(await archive({ name: 'a', content: '' })).expect(400)).body.error).toContain(
      'no Dockerfile',
    );
    expect((await send(Buffer.from('PK\u0003\u0004'))).body.error).toContain('zip');
    await send(Buffer.alloc(7 * 2 ** 20)).expect(413);
    await post('/api/environments/builds').send({ dockerfile: 'FROM x' }).expect(400);
    await post('/environments/new')
      .set('Origin', 'https://evil.example')
      .field('dockerfile', dockerfile('x'))
      .expect(403);
  });
});
