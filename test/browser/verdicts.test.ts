import { expect, test } from 'vitest';
import { DESKTOP, findBarriers, overflowOf, PHONE } from '../support/browser/browser.ts';
import { submit, verdict } from '../support/browser/run.ts';
import { sharedSite } from '../support/browser/site.ts';

const RIGHT =
  'def total(numbers):\n    result = 0\n    for number in numbers:\n        result += number\n    return result\n';
const WRONG = 'def total(numbers):\n    return 6\n';

const site = sharedSite();

for (const [device, options] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
  test(`wrong, then right: the verdict arrives without a reload (${device})`, async () => {
    const { context, page, complaints } = await site.visit('student', options);
    await submit(page, '/courses/demo/tasks/python-sum', 'The function total', WRONG);
    await verdict(page, 'Failed').waitFor();
    await page.getByText('1 of 5 tests passed.').waitFor();
    expect(await findBarriers(page)).toEqual([]);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: 'Try again' }).click();
    await page.getByRole('textbox', { name: 'The function total' }).waitFor();
    expect(await page.locator('textarea[name="answer.code"]').inputValue()).toBe(WRONG);
    expect(await page.getByText('it has not been sent yet').isVisible()).toBe(false);
    await submit(page, '/courses/demo/tasks/python-sum', 'The function total', RIGHT);
    await verdict(page, 'Success').waitFor();
    await page.locator('#feedback').getByText('5 of 5 tests passed.').waitFor();
    expect(await page.locator('.timeline .is-past').count()).toBe(4);
    await page.goto('/courses/demo');
    await page.locator('.task-rows li', { hasText: 'Add up a list' }).getByText('Solved').waitFor();
    await context.close();
    expect(complaints).toEqual([]);
  });
}
