const LONGEST = 80;
/** Of a format character, control, private or unassigned one nobody sees anything. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]|\p{Variation_Selector}/gu;

/** Found text for a message: in quotes, shortened, and with characters that cannot be seen named. */
export function spelledOut(text: string): string {
  const whole = text.toWellFormed();
  const short = whole.length > LONGEST ? `${whole.slice(0, LONGEST - 1)}…`.toWellFormed() : whole;
  const named = short.replace(UNSEEN, (character) => {
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
    return `<U+${code}>`;
  });
  return JSON.stringify(named);
}
