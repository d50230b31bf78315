/** What people really write, and what somebody writes who means harm. */
const MARKUP = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'><b>bold</b> {{7*7}} [x](javascript:alert(3))`;
/** The start of a right-to-left override that is never ended, and an isolate. */
const REORDERING = "\u202egnp.exe \u202d\u2067 (refuse) 123";
const EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈👨🏽‍🚒".repeat(3);
const INVISIBLE = "a\u200b\u200d\u2060\u00ad\ufe0fb";
const ACCENTS = "Z\u0351\u036b\u0343\u036a\u0302\u0489\u0321\u0353".repeat(8) + "\u0301".repeat(99);

export const TEXTS = {
  "markup, piles of accents, emoji, an endless word and an override": [MARKUP, ACCENTS, EMOJI, INVISIBLE, "W".repeat(10_000), REORDERING].join(" "),
  "text from right to left, with an override": `لا أستطيع تسجيل الدخول (البريد) 123 ABC! ${REORDERING}`,
} as const;
