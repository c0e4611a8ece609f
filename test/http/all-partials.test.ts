/** The page of all partials is for development alone. */
import request from 'supertest';
import { expect, test } from 'vitest';
import { createApp } from '../../server/site/app.ts';
import { sharedHouse } from '../support/http/house.ts';

const house = await sharedHouse();

test('an installation has no such page', async () => {
  const ada = await house.person('ada', null, true);
  await request(house.app).get('/dev/partials').set('Cookie', ada.cookie).expect(404);
});

test('where views are read again for each page, it shows all, or one', async () => {
  const app = createApp({ ...house.deps, cacheViews: false });
  const all = await request(app).get('/dev/partials').expect(200);
  expect(all.text).toContain('data-partial="verdict" data-state="hostile"');
  const one = await request(app).get('/dev/partials?only=time').expect(200);
  expect(one.text).toContain('data-partial="time"');
  expect(one.text).not.toContain('data-partial="verdict"');
});
