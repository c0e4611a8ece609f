/** The numbers of users for slots: far beyond those that systems and their installers give. */
import { z } from 'zod';

/** The system gives the smaller ones; the kernel has the last as "no user". */
const [LEAST, MOST] = [65_536, 2 ** 32 - 2];

export const slotUsersSchema = z
  .strictObject({
    first: z.coerce.number().int().min(LEAST).max(MOST).default(1_900_000_000),
    /** Slots at the same time, of all processes of Gradeport on this machine. */
    slots: z.coerce.number().int().positive().max(100_000).default(1000),
  })
  .refine(({ first, slots }) => first + 2 * slots <= MOST, {
    message: `the last number, first + 2 × slots, must be below ${MOST}`,
  });
