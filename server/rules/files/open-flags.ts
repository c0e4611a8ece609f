/** How a file is opened whose folder others may write to: a link or a pipe in its place is refused, not followed or waited for. */
import { constants } from 'node:fs';

export const AS_IT_IS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
