const date = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d)))?$/i;

/** Milliseconds since the Unix epoch of a date as RFC 3339 has it, or of a day; `undefined` for other texts. */
export function dateValue(text: string): number | undefined {
  const match = date.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits: string | undefined) => Number(digits ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const [fraction = '', sign = '+', zoneHours = '0', zoneMinutes = '0'] = match.slice(7);
  const zone = (sign === '-' ? -1 : 1) * (Number(zoneHours) * 60 + Number(zoneMinutes));
  const minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - zone;
  return (minutes * 60 + second) * 1_000 + Math.trunc(Number(`0.${fraction || '0'}`) * 1_000);
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (monthLengths[month - 1] ?? 0);

/** Leap days before a year, counted from the year 1. */
const leapDays = (year: number): number =>
  Math.floor((year - 1) / 4) - Math.floor((year - 1) / 100) + Math.floor((year - 1) / 400);

function daysSinceEpoch(year: number, month: number, day: number): number {
  let days = (year - 1970) * 365 + leapDays(year) - leapDays(1970) + day - 1;
  for (let before = 1; before < month; before++) days += daysIn(year, before);
  return days;
}
