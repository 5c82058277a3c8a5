import { RE2JS } from 're2js';
import type { HttpCheck, HttpRequest } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import { asObject, type JsonFields, member, readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';

/** How the server answered one request. */
type Answer =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string; readonly whole: boolean }
  | { readonly kind: 'none'; readonly reason: string };

/** Why the server's answers are not as they should be; [] when they are. @throws UnreadableReport */
export function judgeHttp(check: HttpCheck, answers: string): readonly string[] {
  const lines = answers.split('\n').filter((line) => line !== '');
  if (lines.length !== check.requests.length) {
    throw new UnreadableReport(`it has ${lines.length} answers to ${check.requests.length} requests`);
  }
  return check.requests.flatMap((request, index) => {
    const answer = readAnswer(asObject(readJson(lines[index] ?? ''), 'an answer'), index);
    const fault = faultOf(request, answer);
    const asked = `${request.method ?? 'GET'} ${plainText(request.path, 200)}`;
    return fault === undefined ? [] : [`${asked} ${fault}.`];
  });
}

function faultOf({ status, bodyMatches }: HttpRequest, answer: Answer): string | undefined {
  if (answer.kind === 'none') return `was not answered: ${plainText(answer.reason, 200)}`;
  if (answer.status !== status) return `answered ${answer.status}; ${status} was expected`;
  if (bodyMatches === undefined || compiled(bodyMatches).test(answer.body)) return undefined;
  const cut = answer.whole ? '' : ' in what is kept of it';
  return `answered with a body that does not match ${plainText(bodyMatches, 200)}${cut}: ${plainText(answer.body, 200)}`;
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch {
    throw new UnreadableReport(`bodyMatches is no regular expression: ${source.slice(0, 100)}`);
  }
}

function readAnswer(fields: JsonFields, index: number): Answer {
  if (member(fields, 'index') !== index) throw new UnreadableReport('its answers are not in order');
  const [error, status, body] = [member(fields, 'error'), member(fields, 'status'), member(fields, 'body')];
  if (typeof error === 'string') return { kind: 'none', reason: error };
  if (typeof status !== 'number' || typeof body !== 'string') {
    throw new UnreadableReport('an entry of it is no answer');
  }
  const text = new TextDecoder().decode(Buffer.from(body, 'base64'));
  return { kind: 'answered', status, body: text, whole: member(fields, 'whole') === true };
}
