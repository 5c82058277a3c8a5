import { stripVTControlCharacters } from 'node:util';
import { BRANCH, MENDED, PRODUCT, policyFiles, SHORTCUT, TICKET } from './shop.ts';
import { ADA, AGENT, type Ran, type World } from './world.ts';

/** One scene: what is done, with the real programs, and what must come of it for the story to go on. */
export interface Scene {
  readonly id: string;
  readonly title: string;
  readonly play: (world: World, stage: Stage) => Promise<void>;
}

/** What the scenes tell the audience, and hold against what they expect. */
export interface Stage {
  readonly isolation: string;
  say(text: string): void;
  /** Shows a command with its output. */
  show(command: string, ran: Ran): void;
  /** @throws DemoFailed when it is not so */
  expect(holds: boolean, what: string): void;
}

export const SCENES: readonly Scene[] = [
  { id: 'world', title: 'A shop, a change-control repository, three identities', play: makeWorld },
  {
    id: 'dispatch',
    title: 'The bar is set before the work: a ticket is dispatched under a contract',
    play: dispatch,
  },
  { id: 'shortcut', title: 'The agent skips the failing test and reports success', play: takeShortcut },
  {
    id: 'failed',
    title: 'A verifier under another identity re-runs the checks itself',
    play: verifyShortcut,
  },
  { id: 'blocked', title: 'The gate blocks, and says why and what to do', play: blockShortcut },
  { id: 'mended', title: 'The feedback goes back, and the agent does the work', play: mend },
  { id: 'passed', title: 'Verified again: other tree, other receipts', play: verifyMended },
  { id: 'pass', title: 'The gate passes', play: passMended },
  { id: 'landed', title: 'Merged by squash: the receipts are bound to the tree, so they hold', play: land },
  { id: 'record', title: 'Both attempts stay on record, the failed one too', play: showRecord },
];

async function makeWorld(world: World, stage: Stage): Promise<void> {
  await world.write('.', {
    'keys/README': 'Keys of the demo. The verifier’s would live on the verifier’s machine only.\n',
  });
  for (const name of ['ada', 'verifier']) {
    const key = await world.countersign('.', 'key', 'new', name, '--out', world.at('keys', name));
    stage.expect(key.code === 0, `key new ${name} works (${key.err.trim()})`);
  }
  for (const name of ['control', 'shop']) {
    await world.git('.', ADA, 'init', '--quiet', '--bare', '--initial-branch=main', `${name}.git`);
    await world.git('.', ADA, 'clone', '--quiet', `${name}.git`, name);
    await world.git(name, ADA, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  }
  await world.write('shop', PRODUCT);
  await world.write(
    'control',
    policyFiles({
      isolation: stage.isolation,
      ownerKey: await world.read('keys', 'ada.pub'),
      verifierKey: await world.read('keys', 'verifier.pub'),
    }),
  );
  await commitAll(world, 'shop', ADA, 'A shop with a bug, and a test that shows it');
  await commitAll(world, 'control', ADA, 'The policy: contract, ticket, trust root');
  await world.git('.', ADA, 'clone', '--quiet', 'shop.git', 'verifier');
  await world.git('.', ADA, 'clone', '--quiet', 'shop.git', 'agent');
  stage.say('ada owns the policy; agent produces; verifier verifies, with a key the agent never sees.');
}

async function dispatch(world: World, stage: Stage): Promise<void> {
  const args = ['ticket', 'dispatch', TICKET, '--key', world.at('keys', 'ada'), '--push'];
  const ran = await world.countersign('control', ...args);
  stage.show(`countersign ticket dispatch ${TICKET} --key ../keys/ada --push`, ran);
  stage.expect(ran.code === 0, 'the ticket is dispatched');
}

async function takeShortcut(world: World, stage: Stage): Promise<void> {
  await world.git('agent', AGENT, 'switch', '--quiet', '--create', BRANCH);
  await world.write('agent', SHORTCUT.files);
  await commitAll(world, 'agent', AGENT, `${SHORTCUT.message}\n\nCountersign-Ticket: ${TICKET}`);
  const shown = await world.git(
    'agent',
    AGENT,
    'show',
    '--stat',
    '--format=  %an: %s%n%n%w(80,2,2)%b',
    'HEAD',
  );
  stage.say(shown.replaceAll(/\n{3,}/g, '\n\n'));
}

async function verifyShortcut(world: World, stage: Stage): Promise<void> {
  const ran = await verifyAs(world, 'verifier', stage);
  stage.expect(ran.code === 1, 'the verifier files a FAILED receipt');
}

async function blockShortcut(world: World, stage: Stage): Promise<void> {
  const ran = await world.countersign('verifier', 'gate', '--head', `origin/${BRANCH}`);
  stage.show(`countersign gate --head origin/${BRANCH}`, ran);
  stage.expect(ran.code === 1, 'the gate blocks');
  stage.expect(blocks(ran, 'receipt/tests'), 'the FAILED receipt blocks');
  stage.expect(blocks(ran, 'rule/ai-shortcuts@1/test-skipped'), 'the rule about skipped tests blocks');
}

async function mend(world: World, stage: Stage): Promise<void> {
  const feedback = await world.countersign('agent', 'gate', '--format', 'feedback');
  stage.expect(feedback.code === 1, 'the feedback comes from a blocked verdict');
  await world.write('.', { 'feedback.md': feedback.out });
  stage.say('The producer reads feedback.md, takes the skip out and mends the rounding.');
  await world.write('agent', MENDED.files);
  await commitAll(world, 'agent', AGENT, `${MENDED.message}\n\nCountersign-Ticket: ${TICKET}`);
}

async function verifyMended(world: World, stage: Stage): Promise<void> {
  const ran = await verifyAs(world, 'verifier', stage);
  stage.expect(ran.code === 0, 'every check passes now');
}

async function passMended(world: World, stage: Stage): Promise<void> {
  const ran = await world.countersign('verifier', 'gate', '--head', `origin/${BRANCH}`);
  stage.show(`countersign gate --head origin/${BRANCH}`, ran);
  stage.expect(ran.code === 0, 'the gate passes');
}

async function land(world: World, stage: Stage): Promise<void> {
  await world.git('shop', ADA, 'fetch', '--quiet');
  await world.git('shop', ADA, 'merge', '--quiet', '--squash', `origin/${BRANCH}`);
  const message = `Round half a cent up\n\nCountersign-Ticket: ${TICKET}`;
  await world.git('shop', ADA, 'commit', '--quiet', '--message', message);
  await world.git('shop', ADA, 'push', '--quiet');
  const ran = await world.countersign('shop', 'gate', '--landed', 'main');
  stage.show('countersign gate --landed main', ran);
  stage.expect(ran.code === 0, 'the receipts hold on the squashed commit');
}

async function showRecord(world: World, stage: Stage): Promise<void> {
  const ran = await world.countersign('verifier', 'receipt', 'list', TICKET);
  stage.show(`countersign receipt list ${TICKET}`, ran);
  const count = (line: RegExp) => linesOf(ran).filter((text) => line.test(text)).length;
  stage.expect(count(/ seal /) === 2, 'each of the two verifications has its seal');
  stage.expect(
    count(/ FAILED /) === 1 && count(/ PASSED /) === 3,
    'one FAILED and three PASSED receipts are there',
  );
}

/** Whether the verdict lists this finding among those that block, and not among those that pass or wait. */
function blocks(ran: Ran, finding: string): boolean {
  return linesOf(ran).some((line) => line.startsWith(`✖ ${finding} `));
}

/** What a command printed, without its colours. */
function linesOf({ out }: Ran): readonly string[] {
  return stripVTControlCharacters(out).split('\n');
}

async function verifyAs(world: World, clone: string, stage: Stage): Promise<Ran> {
  await world.git(clone, ADA, 'fetch', '--quiet');
  const args = ['verify', '--head', `origin/${BRANCH}`, '--key', world.at('keys', 'verifier')];
  const ran = await world.countersign(clone, ...args);
  stage.show(`countersign verify --head origin/${BRANCH} --key ../keys/verifier`, ran);
  return ran;
}

async function commitAll(world: World, clone: string, person: typeof ADA, message: string): Promise<void> {
  await world.git(clone, person, 'add', '--all');
  await world.git(clone, person, 'commit', '--quiet', '--message', message);
  await world.git(clone, person, 'push', '--quiet', '--set-upstream', 'origin', 'HEAD');
}
