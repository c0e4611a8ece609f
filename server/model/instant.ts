import { z } from 'zod';

/** ISO 8601 in UTC, always with milliseconds: sorts as text. */
export const instant = z.iso.datetime({ precision: 3 });
