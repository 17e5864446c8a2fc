import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A fresh secret that lets its bearer steer the simulator. */
export const mintToken = (): string => randomBytes(32).toString('base64url');

/** Compares in a time that tells nothing about where two tokens differ, not even about their lengths. */
export const sameToken = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
