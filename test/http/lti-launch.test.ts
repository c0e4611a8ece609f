import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Access, Course, Lti } from '../../server/courses/task.ts';
import { createApp } from '../../server/site/app.ts';
import { catalogueOf, demoCourse } from '../support/http/course.ts';
import { type House, openHouse } from '../support/http/house.ts';
import { type Launch, signedLaunch } from '../support/lti/gradebook.ts';

const ALWAYS: Access = { open: true, from: null, softUntil: null, until: null };
const SECRETS = new Map([['moodle', 's3cret words']]);
const lti: Lti = {
  url: 'https://lms.uni.example/course/7',
  sendBackGrade: true,
  secretOf: (key) => SECRETS.get(key) ?? null,
};
const course = (id: string, change: Partial<Course>): Course => ({ ...demoCourse(), id, ...change });

const ORIGIN = 'https://grade.example';
let house: House;
let app: ReturnType<typeof createApp>;
beforeAll(async () => {
  house = await openHouse({ publicUrl: `${ORIGIN}/` });
  const courses = catalogueOf([
    course('c1', { lti }),
    course('c2', { lti }),
    course('plain', { registration: { access: ALWAYS, password: null, list: null } }),
  ]);
  app = createApp({ ...house.deps, courses });
});
afterAll(() => house.close());
beforeEach(() => void house.errors.splice(0));

type Asked = Partial<Launch> & { path?: string };
const launch = ({ path = '/lti/c1/hello', ...rest }: Asked = {}) => {
  const body = signedLaunch({ url: ORIGIN + path, atMs: house.time.now, ...rest });
  return post(body, path);
};
const post = (body: string, path = '/lti/c1/hello') =>
  request(app)
    .post(path)
    .set({ Origin: 'https://lms.uni.example', 'Sec-Fetch-Site': 'cross-site' })
    .type('form')
    .send(body);
const cookieOf = (answer: request.Response): string =>
  String(answer.headers['set-cookie']).split(';')[0] ?? '';
const whoIs = async (answer: request.Response) => {
  const { body } = await request(app).get('/api/session').set('Cookie', cookieOf(answer)).expect(200);
  return house.store.users.findOne({ name: body.name });
};

describe('a launch from a learning platform', () => {
  test('signs in a new student of the course, and leads to the task', async () => {
    const answer = await launch().expect(303).expect('Location', '/courses/c1/tasks/hello');
    expect(answer.headers['set-cookie']?.[0]).toMatch(/HttpOnly; Secure; SameSite=Lax/);
    const user = await whoIs(answer);
    expect(user).toMatchObject({
      name: expect.stringMatching(/^lti\.42\.[0-9a-f]{16}$/),
      displayName: 'Zoë Ångström',
      operator: false,
      roles: { c1: 'student' },
      email: 'zoe@uni.example',
      lti: { course: 'c1', key: 'moodle', userId: '42' },
    });
    await request(app).get('/courses/c1/tasks/hello').set('Cookie', cookieOf(answer)).expect(200);
  });

  test('knows its students again, with the name and the address that they have there now', async () => {
    const first = await whoIs(await launch());
    const said = { lis_person_name_full: 'Zoë Ö', lis_person_contact_email_primary: 'z@uni.example' };
    const now = { id: first?.id, name: first?.name, displayName: 'Zoë Ö', email: 'z@uni.example' };
    expect(await whoIs(await launch({ change: said }))).toMatchObject(now);
    for (const unsaid of [undefined, 'z@', 'a@uni.example,b@uni.example']) {
      const change = { ...said, lis_person_contact_email_primary: unsaid };
      expect(await whoIs(await launch({ change }))).toMatchObject(now);
    }
    const others = [
      { change: { user_id: '43' } },
      { change: { tool_consumer_instance_guid: 'other.example' } },
      { path: '/lti/c2/hello' },
    ];
    for (const other of others) expect((await whoIs(await launch(other)))?.id).not.toBe(first?.id);
  });

  test('shows its students their course alone, also where others may join', async () => {
    const answer = await launch();
    const page = await request(app).get('/courses').set('Cookie', cookieOf(answer)).expect(200);
    expect(page.text).toContain('/courses/c1');
    expect(page.text).not.toMatch(/\/courses\/(c2|plain)/);
    await request(app).post('/courses/plain/join').set('Cookie', cookieOf(answer)).expect(404);
    await request(app).get('/courses/c2').set('Cookie', cookieOf(answer)).expect(404);
  });

  test('makes users students and no more, whatever roles it says', async () => {
    const change = { user_id: 'boss', roles: 'Instructor,urn:lti:sysrole:ims/lis/Administrator' };
    expect(await whoIs(await launch({ change }))).toMatchObject({
      operator: false,
      roles: { c1: 'student' },
    });
  });

  test('is never somebody who has an account here', async () => {
    await house.person('ada', 'teacher');
    const user = await whoIs(await launch({ change: { user_id: 'ada', lis_person_name_full: 'ADA' } }));
    expect(user).toMatchObject({ roles: { c1: 'student' } });
    expect(user?.id).not.toBe('id-ada');
  });

  test('opens no account that has rights outside the course, or was taken out of it', async () => {
    const user = await whoIs(await launch({ change: { user_id: 'risen' } }));
    await house.users.setOperator(user?.id ?? '', true);
    const refused = await launch({ change: { user_id: 'risen' } }).expect(401);
    expect(refused.text).toContain('has rights outside this course');
    await house.users.setOperator(user?.id ?? '', false);
    await house.users.setRole(user?.id ?? '', 'c1', null);
    expect((await launch({ change: { user_id: 'risen' } }).expect(401)).text).toContain(
      'taken out of this course',
    );
  });

  test('is the way back for who left the course by themselves', async () => {
    const answer = await launch({ change: { user_id: 'leaver' } });
    await request(app).post('/courses/c1/leave').set('Cookie', cookieOf(answer)).expect(303);
    await request(app).get('/courses/c1').set('Cookie', cookieOf(answer)).expect(404);
    const again = await launch({ change: { user_id: 'leaver' } }).expect(303);
    expect(await whoIs(again)).toMatchObject({ roles: { c1: 'student' }, left: {} });
    await request(app).get('/courses/c1').set('Cookie', cookieOf(again)).expect(200);
  });

  test('ends the session that was there, and begins a new one', async () => {
    const before = await house.person('someone', 'student');
    const body = signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now });
    const answer = await post(body).set('Cookie', before.cookie).expect(303);
    expect(cookieOf(answer)).not.toBe(before.cookie);
    await request(app).get('/api/session').set('Cookie', before.cookie).expect(401);
    expect(house.signedOut).toContain(before.token);
  });

  test('keeps what graders may know, and where the grade goes', async () => {
    const place = { lis_outcome_service_url: 'https://lms.uni.example/o', lis_result_sourcedid: 's1' };
    const change = { user_id: 'kept', custom_group: 'B', lis_person_name_full: undefined, ...place };
    const user = await whoIs(await launch({ change }));
    const taken = { url: 'https://lms.uni.example/o', sourcedId: 's1', key: 'moodle' };
    expect(await house.store.ltiLaunches.get(`c1/hello/${user?.id}`)).toMatchObject({
      fields: {
        username: 'kept',
        realname: 'zoe@uni.example',
        email: 'zoe@uni.example',
        custom_group: 'B',
        roles: ['Learner', 'urn:lti:role:ims/lis/Learner'],
        task: ['c1', 'hello'],
        context_title: 'Algorithms & co',
        context_label: 'ALG',
        tool_name: 'Uni',
        tool_url: 'N/A',
      },
      place: taken,
    });
    expect(house.arrivals).toEqual([{ course: 'c1', task: 'hello', userId: user?.id, place: taken }]);
    await launch({ change: { ...change, lis_result_sourcedid: undefined } }).expect(303);
    expect(house.arrivals).toHaveLength(1);
    expect(await house.store.ltiLaunches.get(`c1/hello/${user?.id}`)).toMatchObject({ place: null });
    await house.users.remove(user?.id ?? '');
    expect(await house.store.ltiLaunches.count({ userId: user?.id ?? '' })).toBe(0);
  });

  test('may carry parameters in its address, as Moodle also sends in the form', async () => {
    await launch({ path: '/lti/c1/hello?a=b%20c' }).expect(303);
    const body = signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now, change: { a: 'b c' } });
    await post(body, '/lti/c1/hello?a=b%20c').expect(303);
  });
});

describe('a launch in a frame', () => {
  test('is offered again for a window of its own, and works there', async () => {
    const evil = '"><script>alert(1)</script>';
    const path = '/lti/c1/hello?a=b';
    const body = signedLaunch({ url: ORIGIN + path, atMs: house.time.now, change: { custom_x: evil } });
    const framed = await post(body, path).set('Sec-Fetch-Dest', 'iframe').expect(200);
    expect(framed.headers['set-cookie']).toBeUndefined();
    expect(framed.headers['x-frame-options']).toBeUndefined();
    expect(framed.headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors \*$/);
    expect(framed.text).not.toContain('<script');
    const unescaped = (text: string) =>
      text.replace(/&(?:#x([0-9A-F]+)|amp|lt|gt|quot);/g, (entity, hex) =>
        hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (ENTITIES[entity] ?? entity),
      );
    const [, action = ''] = /<form[^>]* action="([^"]*)" target="_blank"/.exec(framed.text) ?? [];
    const inputs = [...framed.text.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
    const again = new URLSearchParams(
      inputs.map(([, n = '', v = '']): [string, string] => [unescaped(n), unescaped(v)]),
    );
    await request(app)
      .post(unescaped(action))
      .set({ Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Dest': 'document' })
      .type('form')
      .send(again.toString())
      .expect(303);
  });

  test('is the only page that other sites may frame', async () => {
    const refused = await launch({ secret: 'wrong' }).expect(401);
    expect(refused.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(refused.headers['x-frame-options']).toBe('DENY');
  });
});
const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' };

describe('a launch that is refused', () => {
  const refusals: [why: string, asked: Asked, status: number, sentence: RegExp][] = [
    [
      'another secret',
      { secret: 'wrong' },
      401,
      /signature is wrong.*https:\/\/grade\.example\/lti\/c1\/hello/,
    ],
    ['another address', { url: 'http://inside:8080/lti/c1/hello' }, 401, /signature is wrong/],
    ['an unknown key', { key: 'canvas' }, 401, /has no key &quot;canvas&quot;: see lti_keys/],
    [
      'no user',
      { change: { user_id: undefined } },
      400,
      /&quot;user_id&quot;: it is missing\. Let the learning platform/,
    ],
    ['no message type', { change: { lti_message_type: undefined } }, 400, /lti_message_type/],
    ['another method', { change: { oauth_signature_method: 'PLAINTEXT' } }, 400, /oauth_signature_method/],
    ['an endless id', { change: { user_id: 'x'.repeat(300) } }, 400, /user_id/],
    ['a course without LTI', { path: '/lti/plain/hello' }, 404, /needs is_lti: true/],
    ['no course', { path: '/lti/none/hello' }, 404, /needs is_lti: true/],
    ['no task', { path: '/lti/c1/none' }, 404, /has no task/],
  ];
  test.each(refusals)(
    '%s is told, without a secret, and opens nothing',
    async (_, asked, status, sentence) => {
      const users = await house.store.users.count({});
      const answer = await launch(asked).expect(status);
      expect(answer.text).toMatch(sentence);
      expect(answer.text).not.toContain('s3cret');
      expect(answer.headers['set-cookie']).toBeUndefined();
      expect(await house.store.users.count({})).toBe(users);
    },
  );

  test('says by how many minutes a clock is off, in both directions', async () => {
    const { now } = house.time;
    await launch({ atMs: now - 299_000 }).expect(303);
    expect((await launch({ atMs: now - 7 * 60_000 }).expect(401)).text).toContain('7 minutes old');
    expect((await launch({ atMs: now + 6 * 60_000 }).expect(401)).text).toContain('6 minutes in the future');
  });

  test('takes each launch once, also after its nonce is forgotten', async () => {
    const body = signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now });
    await post(body).expect(303);
    expect((await post(body).expect(401)).text).toContain('used already');
    house.time.now += 5 * 60_000 + 2000;
    expect((await post(body).expect(401)).text).toContain('minutes old');
    await launch().expect(303);
    expect(await house.store.ltiNonces.count({})).toBe(1);
  });

  test("does not take one task's launch for another, or changed parameters", async () => {
    const body = signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now });
    await post(body, '/lti/c1/shown').expect(401);
    await post(body.replace('user_id=42', 'user_id=43')).expect(401);
    await post(`${body}&more=1`).expect(401);
    await post(`${body}&user_id=42`).expect(400);
  });

  test('reads no more than platforms send', async () => {
    await post(
      `${signedLaunch({ url: `${ORIGIN}/lti/c1/hello`, atMs: house.time.now })}&x=${'a'.repeat(70_000)}`,
    ).expect(413);
    await post('a=b').expect(400);
    await request(app).post('/lti/c1/hello').set('Content-Type', 'application/json').send('{}').expect(400);
    await request(app).get('/lti/c1/hello').expect(404);
  });

  test('is the only form that other sites may send', async () => {
    for (const path of ['/sign-in', '/lti/c1', '/lti/c1/hello/more', '/courses/c1/tasks/hello']) {
      await post('a=b', path).expect(403);
    }
  });
});
