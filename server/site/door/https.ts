import type { HttpConfig } from '../deps.ts';

/** Whether browsers reach us over TLS: then cookies must never travel without TLS. */
export const isHttps = ({ publicUrl }: HttpConfig): boolean => publicUrl?.startsWith('https:') ?? false;
