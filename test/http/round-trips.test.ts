/** How many ways to the database a page costs, on MongoDB: each is a millisecond or more where the database is elsewhere. */
import request from 'supertest';
import { afterAll, expect, test } from 'vitest';
import { taskNamed } from '../support/http/course.ts';
import { outcomeWith, taskAt } from '../support/http/grading.ts';
import { openHouse } from '../support/http/house.ts';
import { type CountedStore, openCountedStore } from '../support/mongo/round-trips.ts';
import { describeWithMongo, freshDatabase } from '../support/mongo/server.ts';

await describeWithMongo('round trips of a page', async (server) => {
  let counted: CountedStore | undefined;
  const house = await openHouse({}, async () => {
    counted = await openCountedStore(server.url(freshDatabase()));
    return counted.store;
  });
  afterAll(() => house.close());
  const ada = await house.person('ada', 'student');
  const [course] = await house.courses.list();
  course?.tasks.push(taskNamed('limited', { submissionLimit: { amount: 9, hours: 24 } }));

  const during = (work: () => Promise<unknown>) => counted?.during(work);

  test.each(['hello', 'limited'])(
    'a task page of a student with submissions costs three (%s)',
    async (task) => {
      for (const grade of [10, 60, 40]) {
        const handedIn = await house.grading.submit(
          ada.user,
          taskAt('c1', task),
          new Map([['q1', `answer ${grade}`]]),
        );
        if (handedIn.ok) await house.grading.finish(handedIn.run, outcomeWith({ verdict: 'failed', grade }));
        house.time.now += 60_000;
      }
      let text = '';
      const trips = await during(async () => {
        const page = await request(house.app).get(`/courses/c1/tasks/${task}`).set('Cookie', ada.cookie);
        text = page.text;
      });
      expect(text).toContain('answer 40');
      expect(text).toContain('60 %');
      expect(trips?.commands.toSorted()).toEqual(['aggregate sessions', 'find runs', 'find submissions']);
      expect(trips?.chain).toHaveLength(2);
    },
  );
});
