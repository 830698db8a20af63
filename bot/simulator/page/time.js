/* The simulated clock as the page shows it, always on China's wall. The server says what time it is; between its
   words the page ticks on by itself. */

const EIGHT = 8 * 3600e3;
const DAYS = "日一二三四五六";
const two = (number) => String(number).padStart(2, "0");
let ahead = 0;

export function setNow(iso) {
  const now = Date.parse(iso);
  if (Number.isFinite(now)) ahead = now - Date.now();
}

/** Milliseconds of the simulated now. */
export const now = () => Date.now() + ahead;

/** Milliseconds of a message's time, whether it comes as seconds, milliseconds or ISO. */
export function instant(value) {
  if (typeof value === "string" && !/^\d+(\.\d+)?$/.test(value)) return Date.parse(value) || 0;
  const number = Number(value) || 0;
  return number < 1e11 ? number * 1000 : number;
}

/** Wall-clock parts in China; the shift by eight hours is exact, there is no summer time. */
function wall(ms) {
  const d = new Date(ms + EIGHT);
  return { y: d.getUTCFullYear(), m: d.getUTCMonth() + 1, d: d.getUTCDate(), h: d.getUTCHours(), min: d.getUTCMinutes(), s: d.getUTCSeconds(), day: DAYS[d.getUTCDay()] };
}

const dayNumber = (ms) => Math.floor((ms + EIGHT) / 86400e3);

/** As in 「11月24日 周二 07:40:05」. */
export function full(ms, seconds = false) {
  const t = wall(ms);
  return `${t.m}月${t.d}日 周${t.day} ${two(t.h)}:${two(t.min)}${seconds ? `:${two(t.s)}` : ""}`;
}

export function hourMinute(ms) {
  const t = wall(ms);
  return `${two(t.h)}:${two(t.min)}`;
}

/** The line between messages: 「07:40」 today, 「昨天 07:40」, else with the date. */
export function between(ms) {
  const days = dayNumber(now()) - dayNumber(ms);
  if (days === 0) return hourMinute(ms);
  return days === 1 ? `昨天 ${hourMinute(ms)}` : full(ms);
}

export function frameTime(iso) {
  const ms = instant(iso);
  const t = wall(ms);
  return `${two(t.h)}:${two(t.min)}:${two(t.s)}.${String(ms % 1000 | 0).padStart(3, "0")}`;
}
