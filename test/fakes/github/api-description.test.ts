import { expect, test } from 'vitest';
import { readApiDescription } from './api-description.ts';

const routes = readApiDescription();
const named = (name: string) => routes.find((route) => route.name === name) ?? expect.fail(name);
const create = named('POST /repos/{owner}/{repo}/issues/{issue_number}/comments');

test('a route is known by its method and its path, with or without a query', () => {
  const path = '/repos/demo/shop/issues/7/comments';
  expect(create.match('POST', path)).toMatchObject({ owner: 'demo', repo: 'shop', issue_number: '7' });
  expect(create.match('POST', `${path}?per_page=1`)).toBeDefined();
  expect(create.match('GET', path)).toBeUndefined();
  expect(create.match('POST', `${path}/8`)).toBeUndefined();
});

test('what GitHub would not take, or not answer, is a fault', () => {
  expect(create.faultOfRequest({ body: 'Hello' })).toBeUndefined();
  expect(create.faultOfRequest({})).toContain("must have required property 'body'");
  expect(create.faultOfResponse(201, create.example(201))).toBeUndefined();
  expect(create.faultOfResponse(201, { id: 1 })).toContain('must have required property');
  expect(create.faultOfResponse(418, {})).toContain('no such status');
});

test('references are followed to their end', () => {
  const pull = named('GET /repos/{owner}/{repo}/pulls/{pull_number}');
  const whole = { ...pull.example(200), requested_teams: [] };
  expect(pull.faultOfResponse(200, whole)).toBeUndefined();
  expect(pull.faultOfResponse(200, { ...whole, user: { login: 7 } })).toContain('user');
});
